/** How things are shown to a person, by the terminal and by the variables that people set for all programs. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { variable } from "../../services/platform/environment.ts"
import type { Look } from "./table.ts"
import { Terminal } from "./Terminal.ts"

const isOff = (value: string): boolean => value === "0"

/** Whether emphasis is wanted on a stream that is a terminal, or is not. */
export const isStyled = (isTerminal: boolean): Effect.Effect<boolean> =>
  Effect.gen(function* () {
    if (Option.isSome(yield* variable("NO_COLOR"))) return false
    const forced = yield* variable("CLICOLOR_FORCE")
    if (Option.exists(forced, (value) => !isOff(value))) return true
    if (!isTerminal || Option.contains(yield* variable("TERM"), "dumb")) return false
    return !Option.exists(yield* variable("CLICOLOR"), isOff)
  })

export const look: Effect.Effect<Look, never, Terminal> = Effect.gen(function* () {
  const { outColumns, outIsTerminal } = yield* Terminal
  // A terminal that does not know its size says 0, or nothing.
  return { columns: outColumns > 0 ? outColumns : Number.POSITIVE_INFINITY, isStyled: yield* isStyled(outIsTerminal) }
})
