/** A terminal that nobody sits at and nobody reads: tests put in its place what they want to see. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import type { TerminalShape } from "#src/cli/app/Terminal.ts"

export const silentTerminal: TerminalShape = {
  out: () => Effect.void,
  outBytes: () => Effect.void,
  err: () => Effect.void,
  outIsRead: true,
  interactive: false,
  inIsTerminal: false,
  outIsTerminal: false,
  errIsTerminal: false,
  outColumns: Number.POSITIVE_INFINITY,
  readStdin: () => Effect.succeed(""),
  readStdinBytes: () => Effect.succeed(new Uint8Array()),
  lines: Effect.succeed(Stream.empty),
  askSecret: () => Effect.succeed(Redacted.make(""))
}
