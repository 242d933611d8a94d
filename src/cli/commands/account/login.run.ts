/** What `mp account login` does. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { InvalidArgument } from "../../../domain/errors.ts"
import { Login, type LoggedIn } from "../../../services/login/Login.ts"
import { Globals } from "../../app/Globals.ts"
import { invalid } from "../../app/invalid.ts"
import { notices, record } from "../../app/output.ts"
import { Terminal } from "../../app/Terminal.ts"
import { text } from "../../app/TerminalText.ts"
import { emailOf, person, unverified, userOf, withLogin } from "../login/person.ts"
import { isoTime } from "./records.ts"

const secondsOf = (text: string): Either.Either<number, InvalidArgument> =>
  /^[0-9]{1,4}$/.test(text) && Number(text) > 0
    ? Either.right(Number(text))
    : Either.left(invalid("--timeout must be a number of seconds from 1 to 9999.", { flags: [["timeout", "300"]] }))

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
    yield* (terminal.outIsTerminal ? terminal.out : terminal.err)(text`${`✓ Authenticated as ${who}`}\n`)
  })

interface Flags {
  readonly name: string
  readonly noBrowser: boolean
  readonly timeout: Option.Option<string>
}

export const run = ({ name, noBrowser, timeout }: Flags) =>
  Effect.gen(function* () {
    const seconds = yield* Effect.transposeOption(Option.map(timeout, secondsOf))
    const options = yield* person(noBrowser, Option.getOrUndefined(seconds))
    const result = yield* Effect.flatMap(Login, ({ login }) => login(name, options))
    const remarks = [
      ...Option.toArray(result.chosenProject).map(
        (project) => `Default project of '${name}': ${project} (mp project use ID changes it).`
      ),
      ...unverified(result.me)
    ]
    yield* notices(remarks)
    yield* sayLoggedIn(result)
  }).pipe(Effect.provide(withLogin))
