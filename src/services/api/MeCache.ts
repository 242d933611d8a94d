import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { type CachedMe, cachedMeText, decodeCachedMe, isFor, isFreshAt } from "../../domain/api/CachedMe.ts"
import { describeIssues } from "../../domain/internal/decode.ts"
import type { AccountName } from "../../domain/account/identifiers.ts"
import type { Me } from "../../domain/api/Me.ts"
import type { Identity } from "../../domain/session/Caller.ts"
import type { StoringError } from "../../domain/storage/StorageError.ts"
import { Crypto } from "../platform/Crypto.ts"
import { credentialFingerprint } from "./credentialFingerprint.ts"
import { lasting } from "../storage/cacheEntries.ts"
import { CredentialStorage, whatever } from "../storage/CredentialStorage.ts"

/**
 * The cache that is shared with mixpanel_headless. An account from the environment or from a bridge has none.
 * A file that cannot be used, or that holds what another credential of the account was told, counts as
 * absent; `--verbose` tells why.
 *
 * @example
 * ```ts
 * const dropped = Effect.flatMap(MeCache, (cache) => cache.drop(AccountName.make("team")))
 * ```
 * @since 0.1.0
 * @category services
 */
export class MeCache extends Context.Tag("effect-mixpanel/MeCache")<
  MeCache,
  {
    /** The answer, if it is less than 24 h old. */
    readonly get: (identity: Identity) => Effect.Effect<Option.Option<Me>>
    /** The answer of whatever age: names seldom change, and an old one says more than an id. */
    readonly names: (identity: Identity) => Effect.Effect<Option.Option<Me>>
    /** Keeps an answer. What cannot be kept is asked for again next time. */
    readonly put: (identity: Identity, me: Me) => Effect.Effect<void>
    /** Forgets the answer for an account; `false` when there was none. */
    readonly drop: (account: AccountName) => Effect.Effect<boolean, StoringError>
  }
>() {}

export const make = Effect.gen(function* () {
  const storage = yield* CredentialStorage
  const crypto = yield* Crypto

  const load = (account: AccountName): Effect.Effect<Option.Option<CachedMe>> =>
    Effect.gen(function* () {
      const found = yield* Effect.mapError(storage.get(key(account)), ({ message }) => message)
      if (Option.isNone(found)) return Option.none()
      const place = yield* storage.describe(key(account))
      return Option.some(yield* decoded(place, found.value.value))
    }).pipe(Effect.catchAll((reason) => Effect.as(Effect.logDebug(`The cache is not used: ${reason}`), Option.none())))

  const read = Effect.fn("MeCache.read")(function* ({ account, origin }: Identity) {
    if (origin !== "config") return Option.none<CachedMe>()
    const found = yield* load(account.name)
    // Hashing is the dearest step of a command that only looks: it is done when there is something to compare with.
    const marked = Option.flatMap(found, ({ credential }) => credential)
    const mark = Option.isSome(marked) ? yield* credentialFingerprint(crypto, account) : ""
    return Option.filter(found, (cached) => isFor(cached, mark))
  })

  return MeCache.of({
    get: (identity) =>
      Effect.zipWith(read(identity), Clock.currentTimeMillis, (found, now) =>
        Option.map(
          Option.filter(found, (cached) => isFreshAt(cached, now)),
          ({ me }) => me
        )
      ),
    names: (identity) =>
      Effect.map(
        read(identity),
        Option.map(({ me }) => me)
      ),
    put: Effect.fn("MeCache.put")(function* ({ account, origin }, me) {
      if (origin !== "config") return
      const text = cachedMeText(me, yield* Clock.currentTimeMillis, yield* credentialFingerprint(crypto, account))
      yield* storage
        .put(key(account.name), text, { expected: "any", ...lasting(key(account.name)) })
        .pipe(Effect.catchAll(({ message }) => Effect.logDebug(`The answer of /me was not cached: ${message}`)))
    }),
    drop: (account) => whatever(storage.remove(key(account), "any"))
  })
})

const key = (account: AccountName): string => `accounts/${account}/me`

const decoded = (path: string, text: string): Either.Either<CachedMe, string> =>
  Either.mapLeft(decodeCachedMe(text), (issues) => `${path} ${describeIssues(issues)}`)

/**
 * `MeCache` over a store of credentials.
 *
 * @example
 * ```ts
 * const meCache = Layers.meCache.pipe(Layer.provide(layer))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<MeCache, never, CredentialStorage | Crypto> = Layer.effect(MeCache, make)
