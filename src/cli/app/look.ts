/** How things are shown to a person, by the terminal and by the variables that people set for all programs. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { variable } from "../../services/platform/environment.ts"
import type { Look } from "./table.ts"
import { Terminal } from "./Terminal.ts"
import { TerminalText } from "./TerminalText.ts"

const isOff = (value: string): boolean => value === "0"

/** A terminal without cursor movements, colours and links. */
export const isDumb = Effect.map(variable("TERM"), Option.contains("dumb"))

/** Whether emphasis is wanted on a stream that is a terminal, or is not (no-color.org, bixense.com/clicolors). */
export const isStyled = (isTerminal: boolean): Effect.Effect<boolean> =>
  Effect.gen(function* () {
    if (Option.isSome(yield* variable("NO_COLOR"))) return false
    const forced = yield* variable("CLICOLOR_FORCE")
    if (Option.exists(forced, (value) => !isOff(value))) return true
    if (!isTerminal || (yield* isDumb)) return false
    return !Option.exists(yield* variable("CLICOLOR"), isOff)
  })

/** Whether the locale has the characters of our glyphs; where none is set, the terminal is taken to know them. */
export const hasGlyphs: Effect.Effect<boolean> = Effect.map(
  Effect.all(["LC_ALL", "LC_CTYPE", "LANG"].map(variable)),
  (set) => Option.match(Option.firstSomeOf(set), { onNone: () => true, onSome: (name) => /utf-?8/i.test(name) })
)

/** Words for a person, in the characters that the locale has. */
export const inLocale = (words: TerminalText): Effect.Effect<TerminalText> =>
  TerminalText.isAscii(words)
    ? Effect.succeed(words)
    : Effect.map(hasGlyphs, (has) => (has ? words : TerminalText.withoutGlyphs(words)))

export const look: Effect.Effect<Look, never, Terminal> = Effect.gen(function* () {
  const { outColumns, outIsTerminal } = yield* Terminal
  // A terminal that does not know its size says 0, or nothing.
  return { columns: outColumns > 0 ? outColumns : Number.POSITIVE_INFINITY, isStyled: yield* isStyled(outIsTerminal) }
})
