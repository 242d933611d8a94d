/** A terminal that keeps what is written to it, for commands that only tell something. */
import * as Effect from "effect/Effect"
import type { FastOutcome } from "../start/FastCommand.ts"
import { columnsOf } from "../start/writeOut.ts"
import { isTerminal } from "./isTerminal.ts"
import { readStdinNow } from "./stdin.ts"
import type { TerminalShape } from "./Terminal.ts"
import type { TerminalText } from "./TerminalText.ts"

type Written = FastOutcome["written"][number]

/** Who asks somebody something, or prints a body, is no command of the fast path. */
const elsewhere = Effect.dieMessage("A command of the fast path asks somebody or prints a body.")

export const bufferedTerminal = (written: Array<Written>): TerminalShape => {
  const keep = (to: Written["to"]) => (text: TerminalText) =>
    Effect.sync(() => void written.push({ to, text: text.value }))
  return {
    out: keep("stdout"),
    outBytes: () => elsewhere,
    err: keep("stderr"),
    outIsRead: true,
    get interactive() {
      return this.inIsTerminal && this.errIsTerminal
    },
    get inIsTerminal() {
      return isTerminal(0)
    },
    get outIsTerminal() {
      return isTerminal(1)
    },
    get errIsTerminal() {
      return isTerminal(2)
    },
    get outColumns() {
      return this.outIsTerminal ? columnsOf("stdout") : Number.POSITIVE_INFINITY
    },
    readStdin: readStdinNow,
    readStdinBytes: () => elsewhere,
    lines: elsewhere,
    askSecret: () => elsewhere
  }
}
