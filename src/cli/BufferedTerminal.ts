/** A terminal that keeps what is written to it, for commands that only tell something. */
import { isatty } from "node:tty"
import * as Effect from "effect/Effect"
import type { FastOutcome } from "./start/FastCommand.ts"
import type { TerminalShape } from "./Terminal.ts"

type Written = FastOutcome["written"][number]

/** Who asks somebody something is no command of the fast path. */
const nobodyToAsk = Effect.dieMessage("A command of the fast path reads stdin.")

/** Appends to `written`. */
export const bufferedTerminal = (written: Array<Written>): TerminalShape => {
  const keep = (to: Written["to"]) => (text: string | Uint8Array) => Effect.sync(() => void written.push({ to, text }))
  return {
    out: keep("stdout"),
    outBytes: keep("stdout"),
    err: keep("stderr"),
    get interactive() {
      return this.inIsTerminal && this.errIsTerminal
    },
    get inIsTerminal() {
      return isatty(0)
    },
    get outIsTerminal() {
      return isatty(1)
    },
    get errIsTerminal() {
      return isatty(2)
    },
    readStdin: () => nobodyToAsk,
    lines: nobodyToAsk,
    askSecret: () => nobodyToAsk
  }
}
