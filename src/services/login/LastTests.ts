/** How the last check of each account ended: `last-test.json` beside its tokens. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { Account } from "../../domain/account/Account.ts"
import { decodeLastTest, type LastTest, lastTestText } from "../../domain/account/LastTest.ts"
import type { Identity } from "../../domain/session/Resolution.ts"
import { CredentialFiles } from "../platform/CredentialFiles.ts"
import { markOf } from "../api/credentialMark.ts"
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
export class LastTests extends Context.Tag("effect-mixpanel/LastTests")<
  LastTests,
  {
    /** The last check of an account of the configuration, if it was made with the credential it has now. */
    readonly get: (account: Account) => Effect.Effect<Option.Option<LastTest>>
    /** Remembers a check. What cannot be remembered counts as not made. */
    readonly put: (identity: Identity, outcome: TestOutcome) => Effect.Effect<void>
  }
>() {}

export const make = Effect.gen(function* () {
  const files = yield* CredentialFiles
  const locations = yield* Locations

  return LastTests.of({
    get: Effect.fn("LastTests.get")(function* (account) {
      const text = yield* Effect.option(Effect.flatMap(locations.lastTest(account.name), files.read))
      const found = Option.flatMap(Option.flatten(text), decodeLastTest)
      const mark = Option.isSome(found) ? yield* markOf(account) : ""
      return Option.filter(found, ({ credential }) => credential === mark)
    }),
    put: Effect.fn("LastTests.put")(function* ({ account, origin }, outcome) {
      if (origin !== "config") return
      const test: LastTest = { ...outcome, credential: yield* markOf(account) }
      yield* Effect.flatMap(locations.lastTest(account.name), (path) => files.write(path, lastTestText(test))).pipe(
        Effect.catchAll(({ message }) => Effect.logDebug(`The outcome of the check was not kept: ${message}`))
      )
    })
  })
})

export const layer: Layer.Layer<LastTests, never, CredentialFiles | Locations> = Layer.effect(LastTests, make)
