/** What `mp account login` does. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { InvalidArgument } from "../../../domain/errors.ts"
import * as Login from "../../../services/login/AccountLogin.ts"
import { defaultTimeoutSeconds, tell } from "./loginEvents.ts"
import { isoTime } from "./records.ts"
import { Globals } from "../../app/Globals.ts"
import { notice, record } from "../../app/output.ts"
import type { Fields } from "../../app/Json.ts"
import { online } from "../../app/network.ts"
import { Terminal } from "../../app/Terminal.ts"
import { text } from "../../app/TerminalText.ts"

const withLogin = Layer.provideMerge(Login.layer, online)

const timeoutOf = (flag: Option.Option<string>): Either.Either<number, InvalidArgument> =>
  Option.match(flag, {
    onNone: () => Either.right(defaultTimeoutSeconds),
    onSome: (text) =>
      /^[0-9]{1,4}$/.test(text) && Number(text) > 0
        ? Either.right(Number(text))
        : Either.left(
            new InvalidArgument({
              message: "--timeout must be a number of seconds from 1 to 9999.",
              hints: [],
              again: [{ flags: [["timeout", "300"]] }]
            })
          )
  })

const loginFields = ({ account, clientPath, me, tokens, tokensPath }: Login.LoggedIn): Fields => ({
  account_name: account.name,
  user: Option.getOrNull(
    Option.flatMap(Either.getRight(me), ({ userEmail, userId }) => Option.all({ id: userId, email: userEmail }))
  ),
  expires_at: isoTime(tokens.expiresAt),
  tokens_path: tokensPath,
  client_path: clientPath
})

const sayLoggedIn = (result: Login.LoggedIn) =>
  Effect.gen(function* () {
    const { format } = yield* Globals
    const terminal = yield* Terminal
    const who = Either.match(result.me, {
      onLeft: () => result.account.name,
      onRight: ({ userEmail }) => Option.getOrElse(userEmail, () => result.account.name)
    })
    if (Option.isSome(format)) return yield* record(loginFields(result))
    yield* (terminal.outIsTerminal ? terminal.out : terminal.err)(text`${`✓ Authenticated as ${who}`}\n`)
  })

interface Flags {
  readonly name: string
  readonly noBrowser: boolean
  readonly timeout: Option.Option<string>
}

export const run = ({ name, ...flags }: Flags) =>
  Effect.gen(function* () {
    const timeoutSeconds = yield* timeoutOf(flags.timeout)
    const terminal = yield* Terminal
    const context = yield* Effect.context<Globals | Terminal>()
    const logins = yield* Login.AccountLogin
    const result = yield* logins.login(name, {
      openBrowser: !flags.noBrowser,
      timeoutSeconds,
      pastes: yield* terminal.lines,
      alwaysPaste: terminal.inIsTerminal,
      pastesAreFinal: !terminal.inIsTerminal,
      report: (event) => Effect.provide(tell(event), context)
    })
    yield* Effect.forEach(
      Option.toArray(result.chosenProject),
      (project) => notice(`Default project of '${name}': ${project} (mp project use ID changes it).`),
      { discard: true }
    )
    if (Either.isLeft(result.me)) {
      yield* notice(`The login is stored, but Mixpanel could not be asked who this is: ${result.me.left.message}`)
    }
    yield* sayLoggedIn(result)
  }).pipe(Effect.provide(withLogin))
