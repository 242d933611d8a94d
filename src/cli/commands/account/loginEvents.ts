/** How a login through the browser goes, told to the person who does it. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { variable } from "../../../services/platform/environment.ts"
import type { LoginEvent } from "../../../services/oauth/LoginRequest.ts"
import { notice, sayAlways } from "../../app/output.ts"
import { Terminal } from "../../app/Terminal.ts"
import { TerminalText, text } from "../../app/TerminalText.ts"

/** How long a person may take. */
export const defaultTimeoutSeconds = 300

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
