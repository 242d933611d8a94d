/** A question on stderr that is answered with y or n; without either, the answer is no. */
import * as Prompt from "@effect/cli/Prompt"
import * as Effect from "effect/Effect"
import { onStderr } from "./askSecret.ts"
import type { TerminalText } from "./TerminalText.ts"

/** Asks; Ctrl-C interrupts the command. */
export const askWhether = (question: TerminalText): Effect.Effect<boolean> =>
  Prompt.run(Prompt.confirm({ message: question.value, initial: false })).pipe(
    Effect.catchTag("QuitException", () => Effect.interrupt),
    Effect.provide(onStderr)
  )
