/** A terminal that holds back what is written to it, for commands that only tell something. */
import * as Effect from "effect/Effect"
import type { HotOutcome } from "./HotCommand.ts"
import { leaveHotPath } from "./leaveHotPath.ts"
import type { TerminalShape } from "./Terminal.ts"

type Written = HotOutcome["written"][number]

const leave = Effect.sync(leaveHotPath)

/** Appends to `written`. Whatever asks somebody something leaves the short way. */
export const heldTerminal = (written: Array<Written>): TerminalShape => {
  const hold = (to: Written["to"]) => (text: string) => Effect.sync(() => void written.push({ to, text }))
  return {
    out: hold("stdout"),
    err: hold("stderr"),
    outBytes: () => leave,
    get interactive() {
      return leaveHotPath()
    },
    get inIsTerminal() {
      return leaveHotPath()
    },
    get outIsTerminal() {
      return leaveHotPath()
    },
    get errIsTerminal() {
      return leaveHotPath()
    },
    readStdin: () => leave,
    lines: leave,
    askSecret: () => leave
  }
}
