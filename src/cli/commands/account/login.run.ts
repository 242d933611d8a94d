import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Login } from "../../../services/login/Login.ts"
import type { LoggedIn } from "../../../services/login/SignIn.ts"
import { Globals } from "../../app/Globals.ts"
import { inLocale } from "../../app/look.ts"
import { notices, record } from "../../app/output.ts"
import { withSignOfLife } from "../../app/signOfLife.ts"
import { Terminal } from "../../app/Terminal.ts"
import { text } from "../../app/TerminalText.ts"
import type { BrowserFlags } from "../login/browserFlags.ts"
import { emailOf, person, unverified, userOf, withLogin } from "../login/person.ts"
import { isoTime } from "./records.ts"

const sayLoggedIn = ({ account, clientPath, me, tokens, tokensPath }: LoggedIn) =>
  Effect.gen(function* () {
    const { format } = yield* Globals
    if (Option.isSome(format)) {
      return yield* record({
        account_name: account.name,
        user: userOf(me),
        expires_at: isoTime(tokens.expiresAt),
        tokens_path: tokensPath,
        client_path: clientPath
      })
    }
    const terminal = yield* Terminal
    const who = Option.getOrElse(emailOf(me), () => account.name)
    yield* (terminal.outIsTerminal ? terminal.out : terminal.err)(
      yield* inLocale(text`${`✓ Authenticated as ${who}`}\n`)
    )
  })

export const run = ({ name, ...flags }: BrowserFlags & { readonly name: string }) =>
  Effect.gen(function* () {
    const options = yield* person(flags)
    const result = yield* Effect.flatMap(Login, ({ login }) => login(name, options))
    const remarks = [
      ...Option.toArray(result.chosenProject).map(
        (project) => `Default project of '${name}': ${project} (mp project use ID changes it).`
      ),
      ...unverified(result.me)
    ]
    yield* notices(remarks)
    yield* sayLoggedIn(result)
  }).pipe(Effect.provide(withLogin), withSignOfLife)
