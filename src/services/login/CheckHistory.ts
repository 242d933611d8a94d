/** How the last check of each account ended: `last-test.json` beside its tokens. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { Account } from "../../domain/account/Account.ts"
import { decodeLastCheck, type LastCheck, lastCheckText } from "../../domain/account/LastCheck.ts"
import type { Identity } from "../../domain/session/Resolution.ts"
import { CredentialFiles } from "../platform/CredentialFiles.ts"
import { Crypto } from "../platform/Crypto.ts"
import { credentialFingerprint } from "../api/credentialFingerprint.ts"
import { Locations } from "../platform/Locations.ts"

/** What is told about a check, but for the credential. */
export interface TestOutcome {
  /** Epoch milliseconds. */
  readonly at: number
  readonly ok: boolean
  readonly code: Option.Option<string>
  /** Whether someone has to log in or to change the credential before it works again. */
  readonly refused: boolean
}

/** Accounts from the environment or from a bridge have no place to remember anything at. */
export class CheckHistory extends Context.Tag("effect-mixpanel/CheckHistory")<
  CheckHistory,
  {
    /** The last check of an account of the configuration, if it was made with the credential it has now. */
    readonly get: (account: Account) => Effect.Effect<Option.Option<LastCheck>>
    /** Remembers a check. What cannot be remembered counts as not made. */
    readonly put: (identity: Identity, outcome: TestOutcome) => Effect.Effect<void>
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
    put: Effect.fn("CheckHistory.put")(function* ({ account, origin }, outcome) {
      if (origin !== "config") return
      const test: LastCheck = { ...outcome, credential: yield* credentialFingerprint(crypto, account) }
      yield* Effect.flatMap(locations.lastTest(account.name), (path) => files.write(path, lastCheckText(test))).pipe(
        Effect.catchAll(({ message }) => Effect.logDebug(`The outcome of the check was not kept: ${message}`))
      )
    })
  })
})

export const layer: Layer.Layer<CheckHistory, never, CredentialFiles | Crypto | Locations> = Layer.effect(
  CheckHistory,
  make
)
