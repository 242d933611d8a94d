/** What `mp account login` and `mp account logout` do. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { InvalidArgument } from "../../../domain/errors.ts"
import * as Login from "../../../services/login/AccountLogin.ts"
import { variable } from "../../../services/platform/environment.ts"
import type { LoginEvent } from "../../../services/oauth/LoginRequest.ts"
import { isoTime } from "./records.ts"
import { Globals } from "../../app/Globals.ts"
import { done, notice, record, sayAlways } from "../../app/output.ts"
import type { Fields } from "../../app/Json.ts"
import { online } from "../../app/network.ts"
import { Terminal } from "../../app/Terminal.ts"
import { TerminalText, text } from "../../app/TerminalText.ts"

const withLogin = Layer.provideMerge(Login.layer, online)

/** How long a person may take. */
export const defaultTimeoutSeconds = 300

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

/** An address as a link, where the terminal can show one: it survives being broken over lines. */
const link = (url: string) =>
  Effect.gen(function* () {
    const { errIsTerminal } = yield* Terminal
    const plain = yield* Effect.all([
      variable("NO_COLOR"),
      Effect.map(
        variable("TERM"),
        Option.filter((term) => term === "dumb")
      )
    ])
    return errIsTerminal && plain.every(Option.isNone) ? TerminalText.link(url) : text`${url}`
  })

/** Tells a person how the login goes. */
export const tell = (event: LoginEvent) =>
  Effect.gen(function* () {
    const terminal = yield* Terminal
    if (event._tag === "Ignored") {
      const what = event.what === "request" ? "A request that does not belong to this login was ignored" : "Ignored"
      return yield* notice(`${what}: ${event.reason}`)
    }
    if (event._tag === "IgnoredMore") {
      return yield* notice(`${event.count} more that ${event.count === 1 ? "was" : "were"} ignored in the same way.`)
    }
    if (event._tag === "Approved") return yield* notice("Approved; fetching the tokens.")
    const opening = {
      opened: "Opening the browser. If nothing appears, open this address:",
      "not asked for": "Open this address in a browser:",
      unavailable: `No browser can be opened here (${event.why}). Open this address in one:`
    }[event.browser]
    const paste =
      event.browser === "opened" && !terminal.inIsTerminal
        ? text``
        : text`If the browser runs on another machine, paste the address that it ends on here:\n`
    const words = text`${opening}\n\n  ${yield* link(event.url)}\n\n${paste}`
    yield* sayAlways(words, { message: opening, url: event.url })
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

/** The flags of `mp account login`. */
export interface LoginFlags {
  readonly noBrowser: boolean
  readonly timeout: Option.Option<string>
}

export const login = (flags: LoginFlags, args: { readonly name: string }) =>
  Effect.gen(function* () {
    const timeoutSeconds = yield* timeoutOf(flags.timeout)
    const terminal = yield* Terminal
    const context = yield* Effect.context<Globals | Terminal>()
    const logins = yield* Login.AccountLogin
    const result = yield* logins.login(args.name, {
      openBrowser: !flags.noBrowser,
      timeoutSeconds,
      pastes: yield* terminal.lines,
      alwaysPaste: terminal.inIsTerminal,
      pastesAreFinal: !terminal.inIsTerminal,
      report: (event) => Effect.provide(tell(event), context)
    })
    yield* Effect.forEach(
      Option.toArray(result.chosenProject),
      (project) => notice(`Default project of '${args.name}': ${project} (mp project use ID changes it).`),
      { discard: true }
    )
    if (Either.isLeft(result.me)) {
      yield* notice(`The login is stored, but Mixpanel could not be asked who this is: ${result.me.left.message}`)
    }
    yield* sayLoggedIn(result)
  }).pipe(Effect.provide(withLogin))

/** Ends the login of an account at the server, as far as that works, and says what came of it. */
export const endLogin = (name: string) =>
  Effect.gen(function* () {
    const logins = yield* Login.AccountLogin
    const { removed, revoked } = yield* logins.logout(name)
    return { revoked: Option.exists(revoked, Either.isRight), said: outcome({ removed, revoked }) }
  }).pipe(Effect.provide(withLogin))

const outcome = ({ removed, revoked }: Login.LoggedOut): string => {
  if (!removed) return "there were no tokens."
  return Option.match(revoked, {
    onNone: () => "unusable tokens removed; there was nothing to revoke.",
    onSome: Either.match({
      onLeft: (reason) =>
        `tokens removed, but not revoked at the server (${reason}); they stay valid until they expire.`,
      onRight: () => "tokens revoked at the server and removed."
    })
  })
}

export const logout = (_: unknown, args: { readonly name: string }) =>
  Effect.gen(function* () {
    const logins = yield* Login.AccountLogin
    const result = yield* logins.logout(args.name)
    yield* done([`Logged out '${args.name}': ${outcome(result)}`], {
      name: args.name,
      removed: result.removed,
      revoked: Option.exists(result.revoked, Either.isRight)
    })
  }).pipe(Effect.provide(withLogin))
