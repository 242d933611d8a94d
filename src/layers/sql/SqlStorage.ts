/** Logins, configuration and caches in a table that many machines share. */
import * as SqlClient from "@effect/sql/SqlClient"
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { hostname } from "node:os"
import type { StorageError } from "../../domain/storage/StorageError.ts"
import { Crypto, layer as webCrypto } from "../../services/platform/Crypto.ts"
import { CredentialStorage } from "../../services/storage/CredentialStorage.ts"
import { type SharingOptions, sharing } from "../../services/storage/sharing.ts"
import { examine } from "./examine.ts"
import { knownClock, sqlEngine } from "./SqlEngine.ts"
import { tableName } from "./table.ts"

/** The store in the database of a client that is connected when the options are known to be right. */
export const over = <E, R>(
  options: SharingOptions,
  address: string,
  connecting: (store: string) => Effect.Effect<SqlClient.SqlClient, E, R>
) =>
  Effect.gen(function* () {
    const { allowPlain = false, allowVolatile = false } = options
    const { name = `${hostname()} (pid ${process.pid})`, namespace = "mp" } = options
    const store = `${address}, namespace ${namespace}`
    const how = yield* sharing(store, yield* Crypto, { ...options, name, namespace })
    const at = { sql: (yield* connecting(store)).withoutTransforms(), store, namespace }
    const now = yield* knownClock(at)
    yield* examine(at, { allowPlain, allowVolatile })
    return yield* how.over(sqlEngine(at, now))
  })

const make = (client: SqlClient.SqlClient, options: SharingOptions) =>
  over(options, `the table ${tableName} of MP_STORE`, () => Effect.succeed(client))

/**
 * In the table `mixpanel_credentials` of the database that `SqlClient` is connected to. Nothing is created: `migrations` or
 * `migrationText` make the table.
 *
 * @example
 * ```ts
 * const shared = layer({ namespace: "team", keys: Redacted.make("k1:…") }).pipe(Layer.provide(PgClient.layer({ url })))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  options: SharingOptions = {}
): Layer.Layer<CredentialStorage, StorageError, SqlClient.SqlClient> =>
  layerOf(Effect.flatMap(SqlClient.SqlClient, (client) => make(client, options)))

/**
 * The same, with options out of Effect's `Config`.
 *
 * @example
 * ```ts
 * const shared = layerConfig({ namespace: Config.string("MP_NAMESPACE") })
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (
  options: Config.Config.Wrap<SharingOptions>
): Layer.Layer<CredentialStorage, StorageError | ConfigError, SqlClient.SqlClient> =>
  Layer.unwrapEffect(Effect.map(Config.unwrap(options), layer))

/**
 * In the database of a client at hand.
 *
 * @example
 * ```ts
 * const shared = layerFrom(sql, { namespace: "team" })
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layerFrom = (
  client: SqlClient.SqlClient,
  options: SharingOptions = {}
): Layer.Layer<CredentialStorage, StorageError> => layerOf(make(client, options))

const layerOf = <R>(
  storage: Effect.Effect<Effect.Effect.Success<ReturnType<typeof make>>, StorageError, R | Crypto>
): Layer.Layer<CredentialStorage, StorageError, Exclude<R, Crypto>> =>
  Layer.provide(Layer.effect(CredentialStorage, storage), webCrypto)
