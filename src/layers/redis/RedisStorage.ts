/** Logins, configuration and caches on a Redis that many machines share. */
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { hostname } from "node:os"
import type { StorageError } from "../../domain/storage/StorageError.ts"
import { shownAddress } from "../../domain/storage/StoreAddress.ts"
import { Crypto, layer as webCrypto } from "../../services/platform/Crypto.ts"
import { CredentialStorage } from "../../services/storage/CredentialStorage.ts"
import { type SharingOptions, sharing } from "../../services/storage/sharing.ts"
import { examine } from "./examine.ts"
import { connectedTo, type RedisClient } from "./RedisClient.ts"
import { redisEngine } from "./RedisEngine.ts"

/**
 * How a Redis that is shared is used.
 * @since 0.1.0
 * @category stores
 */
export interface RedisOptions extends SharingOptions {
  /** How many replicas must have a claim before a refresh token is sent; 0 unless given. It narrows what a failover loses. */
  readonly replicas?: number | undefined
}

/**
 * Where the Redis is, and how it is used.
 * @since 0.1.0
 * @category stores
 */
export interface RedisUrlOptions extends RedisOptions {
  /** `rediss://USER:PASSWORD@HOST:PORT`; `redis:` on this machine, or with `allowPlain`. */
  readonly url: Redacted.Redacted
}

/** The store on a client that is connected when the options are known to be right. */
export const over = <E>(
  options: RedisOptions,
  address: string,
  connecting: (store: string) => Effect.Effect<RedisClient, E, Scope.Scope>
) =>
  Effect.gen(function* () {
    const {
      allowVolatile = false,
      name = `${hostname()} (pid ${process.pid})`,
      namespace = "mp",
      replicas = 0
    } = options
    const store = `${address}, namespace ${namespace}`
    const how = yield* sharing(store, yield* Crypto, { ...options, name, namespace })
    const redis = { client: yield* connecting(store), store, namespace, replicas }
    yield* examine(redis, allowVolatile)
    return yield* how.over(redisEngine(redis))
  })

/**
 * On the Redis at an address, over `ioredis`, which has to be installed.
 *
 * @example
 * ```ts
 * const shared = layer({ url: Redacted.make("rediss://team:…@cache.internal:6379"), keys: Redacted.make("k1:…") })
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: RedisUrlOptions): Layer.Layer<CredentialStorage, StorageError> =>
  Layer.scoped(
    CredentialStorage,
    over(options, shownAddress(Redacted.value(options.url)), (store) => connectedTo(options, store))
  ).pipe(Layer.provide(webCrypto))

/**
 * The same, with options out of Effect's `Config`.
 *
 * @example
 * ```ts
 * const shared = layerConfig({ url: Config.redacted("REDIS_URL") })
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (
  options: Config.Config.Wrap<RedisUrlOptions>
): Layer.Layer<CredentialStorage, StorageError | ConfigError> =>
  Layer.unwrapEffect(Effect.map(Config.unwrap(options), layer))

/**
 * On a client of your own: of a cluster, with sentinels, or of another library. It has to give up by itself.
 *
 * @example
 * ```ts
 * const shared = layerFrom({ call: (...words) => client.sendCommand(words) })
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layerFrom = (
  client: RedisClient,
  options: RedisOptions = {}
): Layer.Layer<CredentialStorage, StorageError> =>
  Layer.scoped(
    CredentialStorage,
    over(options, "Redis", () => Effect.succeed(client))
  ).pipe(Layer.provide(webCrypto))
