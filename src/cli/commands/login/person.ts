/** A person's part in a login: the same for `mp login` and `mp account login`. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { LoginEvent } from "../../../services/oauth/LoginRequest.ts"
import * as Login from "../../../services/login/Login.ts"
import type { LoginOptions, SignedIn } from "../../../services/login/SignIn.ts"
import * as RegionProbe from "../../../services/login/RegionProbe.ts"
import type { Globals } from "../../app/Globals.ts"
import { showsLinks } from "../../app/hyperlinks.ts"
import { online } from "../../app/network.ts"
import { notice, say, sayAlways } from "../../app/output.ts"
import { Terminal } from "../../app/Terminal.ts"
import { TerminalText, text } from "../../app/TerminalText.ts"
import { type BrowserFlags, timeoutOf } from "./browserFlags.ts"
import { brief } from "../../../domain/login/RegionAttempt.ts"

export const withLogin = Login.layer.pipe(Layer.provideMerge(RegionProbe.layer), Layer.provideMerge(online))

type MeAnswer = SignedIn["me"]

export const userOf = (me: MeAnswer) =>
  Option.getOrNull(
    Option.flatMap(Either.getRight(me), ({ userEmail, userId }) => Option.all({ id: userId, email: userEmail }))
  )

export const emailOf = (me: MeAnswer): Option.Option<string> =>
  Option.flatMap(Either.getRight(me), ({ userEmail }) => userEmail)

/** Where nobody can be asked who that is, the login holds all the same. */
export const unverified = (me: MeAnswer): ReadonlyArray<string> =>
  Either.isRight(me) ? [] : [`The login is stored, but Mixpanel could not be asked who this is: ${me.left.message}`]

/** A link survives being broken over lines. */
const link = (url: string) =>
  Effect.gen(function* () {
    const { errIsTerminal } = yield* Terminal
    return (yield* showsLinks(errIsTerminal)) ? TerminalText.link(url) : text`${url}`
  })

const showEvent = (event: LoginEvent) =>
  Effect.gen(function* () {
    const terminal = yield* Terminal
    if (event._tag === "Ignored") {
      const what = event.what === "request" ? "A request that does not belong to this login was ignored" : "Ignored"
      return yield* notice(`${what}: ${event.reason}`)
    }
    if (event._tag === "IgnoredMore") {
      return yield* notice(`${event.count} more that ${event.count === 1 ? "was" : "were"} ignored in the same way.`)
    }
    if (event._tag === "RegisteredAnew") {
      return yield* notice(
        "The authorization server no longer knows the OAuth client of earlier logins; a new one was registered."
      )
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

export const person = (flags: BrowserFlags) =>
  Effect.gen(function* () {
    const terminal = yield* Terminal
    const context = yield* Effect.context<Globals | Terminal>()
    return {
      openBrowser: !flags.noBrowser,
      timeoutSeconds: yield* timeoutOf(flags),
      pastes: yield* terminal.lines,
      alwaysPaste: terminal.inIsTerminal,
      pastesAreFinal: !terminal.inIsTerminal,
      report: (event: LoginEvent) => Effect.provide(showEvent(event), context)
    } satisfies LoginOptions
  })

/** What each region said, while the region of a credential is looked for. */
export const narrate = ({ problem, region }: RegionProbe.ProbeEvent) =>
  Effect.suspend(() => {
    const message = `${region}: ${Option.match(problem, { onNone: () => "ok", onSome: brief })}`
    return say(text`${message}\n`, { message })
  })
