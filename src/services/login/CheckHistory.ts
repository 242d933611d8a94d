/** How the last check of each account ended: `last-test.json` beside its tokens. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { Account } from "../../domain/account/Account.ts"
import { decodeLastCheck, type LastCheck, lastCheckText } from "../../domain/account/LastCheck.ts"
import type { RequestError } from "../../domain/api/ApiError.ts"
import type { Identity } from "../../domain/session/Caller.ts"
import { CredentialFiles } from "../platform/CredentialFiles.ts"
import { Crypto } from "../platform/Crypto.ts"
import { credentialFingerprint } from "../api/credentialFingerprint.ts"
import { Locations } from "../platform/Locations.ts"

/** Accounts from the environment or from a bridge have no place to remember anything at. */
export class CheckHistory extends Context.Tag("effect-mixpanel/CheckHistory")<
  CheckHistory,
  {
    /** The last check of an account of the configuration, if it was made with the credential it has now. */
    readonly get: (account: Account) => Effect.Effect<Option.Option<LastCheck>>
    /** Remembers how asking the server just ended. What cannot be remembered counts as not asked. */
    readonly put: (identity: Identity, answer: Either.Either<unknown, RequestError>) => Effect.Effect<void>
  }
>() {}

export const make = Effect.gen(function* () {
  const files = yield* CredentialFiles
  const locations = yield* Locations
  const crypto = yield* Crypto

  return CheckHistory.of({
    get: Effect.fn("CheckHistory.get")(function* (account) {
      const text = yield* Effect.option(Effect.flatMap(locations.lastTest(account.name), files.read))
      const found = Option.flatMap(Option.flatten(text), decodeLastCheck)
      const mark = Option.isSome(found) ? yield* credentialFingerprint(crypto, account) : ""
      return Option.filter(found, ({ credential }) => credential === mark)
    }),
    put: Effect.fn("CheckHistory.put")(function* ({ account, origin }, answer) {
      if (origin !== "config") return
      const test: LastCheck = {
        at: yield* Clock.currentTimeMillis,
        ok: Either.isRight(answer),
        code: Option.map(Either.getLeft(answer), ({ code }) => code),
        refused: Option.exists(Either.getLeft(answer), isRefusal),
        credential: yield* credentialFingerprint(crypto, account)
      }
      yield* Effect.flatMap(locations.lastTest(account.name), (path) => files.write(path, lastCheckText(test))).pipe(
        Effect.catchAll(({ message }) => Effect.logDebug(`The outcome of the check was not kept: ${message}`))
      )
    })
  })
})

/** The credential is at fault, and not the way to the server, or what the credential may see. */
const isRefusal = (error: RequestError): boolean => {
  if (error._tag === "AuthenticationFailed") return error.status === 401
  if (error._tag === "OAuthRefreshError") return !error.temporary
  return error._tag === "OAuthTokenError" || error._tag === "OAuthRefreshRevoked"
}

export const layer: Layer.Layer<CheckHistory, never, CredentialFiles | Crypto | Locations> = Layer.effect(
  CheckHistory,
  make
)
