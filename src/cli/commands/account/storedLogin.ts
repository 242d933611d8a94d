/** The login of an account whose tokens are about to be deleted here, and only here. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Accounts } from "../../../services/config/Accounts.ts"
import { Directories } from "../../../services/config/Directories.ts"

/** The login that an account has here, and what refers to the account. */
export const storedLogin = (name: string) =>
  Effect.gen(function* () {
    const accounts = yield* Accounts
    const shown = yield* Effect.option(accounts.show(name))
    const { naming } = yield* Directories
    const directories = yield* Effect.orElseSucceed(naming("account", name), (): ReadonlyArray<string> => [])
    return Option.filter(
      Option.map(shown, ({ referencedByTargets, tokens }) => ({
        references: [...referencedByTargets, ...directories],
        source: tokens.source
      })),
      ({ source }) => Option.contains(source, "tokens.json")
    )
  })

export const stillAlive = (name: string): string =>
  `The tokens of '${name}' are deleted here, but its login still lives at the server, until it expires or is revoked ` +
  `in Mixpanel's settings.`
