import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { Account } from "../../domain/account/Account.ts"
import type { AccountName } from "../../domain/account/identifiers.ts"
import { decodeLastCheck, isRefusal, type LastCheck, lastCheckText } from "../../domain/account/LastCheck.ts"
import type { RequestError } from "../../domain/api/ApiError.ts"
import type { Identity } from "../../domain/session/Caller.ts"
import { CredentialFiles } from "../platform/CredentialFiles.ts"
import { Crypto } from "../platform/Crypto.ts"
import { credentialFingerprint } from "../api/credentialFingerprint.ts"
import { Locations } from "../platform/Locations.ts"
import { lasting } from "../storage/cacheEntries.ts"
import { CredentialStorage } from "../storage/CredentialStorage.ts"
import { storedFor } from "../tokens/storedAccounts.ts"

/**
 * Accounts from the environment or from a bridge have no place to remember anything at.
 *
 * @example
 * ```ts
 * const checks = Effect.flatMap(CheckHistory, (history) => history.ofAccounts([account]))
 * ```
 * @since 0.1.0
 * @category services
 */
export class CheckHistory extends Context.Tag("effect-mixpanel/CheckHistory")<
  CheckHistory,
  {
    /** The last checks of accounts of the configuration, where they were made with the credentials of now. */
    readonly ofAccounts: (accounts: ReadonlyArray<Account>) => Effect.Effect<ReadonlyMap<AccountName, LastCheck>>
    /** Remembers how asking the server just ended. What cannot be remembered counts as not asked. */
    readonly put: (identity: Identity, answer: Either.Either<unknown, RequestError>) => Effect.Effect<void>
  }
>() {}

export const make = Effect.gen(function* () {
  const files = yield* CredentialFiles
  const locations = yield* Locations
  const storage = yield* CredentialStorage
  const crypto = yield* Crypto

  const read = Effect.fnUntraced(function* (account: Account) {
    const entry = yield* Effect.option(storage.get(key(account.name)))
    const found = Option.flatMap(Option.flatten(entry), ({ value }) => decodeLastCheck(value))
    const mark = Option.isSome(found) ? yield* credentialFingerprint(crypto, account) : ""
    return Option.filter(found, ({ credential }) => credential === mark)
  })

  return CheckHistory.of({
    ofAccounts: (accounts) => storedFor({ files, locations, storage }, accounts, read),
    put: Effect.fnUntraced(function* ({ account, origin }, answer) {
      if (origin !== "config") return
      const test: LastCheck = {
        at: yield* Clock.currentTimeMillis,
        ok: Either.isRight(answer),
        code: Option.map(Either.getLeft(answer), ({ code }) => code),
        refused: Option.exists(Either.getLeft(answer), isRefusal),
        credential: yield* credentialFingerprint(crypto, account)
      }
      yield* storage
        .put(key(account.name), lastCheckText(test), { expected: "any", ...lasting(key(account.name)) })
        .pipe(Effect.catchAll(({ message }) => Effect.logDebug(`The result of the check was not saved: ${message}`)))
    })
  })
})

const key = (account: AccountName): string => `accounts/${account}/last-test`

/**
 * `CheckHistory` over a store of credentials.
 *
 * @example
 * ```ts
 * const lastTests = Layers.lastTests.pipe(Layer.provide(layer))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<CheckHistory, never, CredentialFiles | CredentialStorage | Crypto | Locations> =
  Layer.effect(CheckHistory, make)
