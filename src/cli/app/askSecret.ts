/** A hidden prompt on stderr, so that stdout stays free for data. */
import * as Prompt from "@effect/cli/Prompt"
import * as PlatformTerminal from "@effect/platform/Terminal"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import { TerminalText } from "./TerminalText.ts"

/** The terminal of the platform, drawing on stderr. */
export const onStderr = Layer.effect(
  PlatformTerminal.Terminal,
  Effect.map(PlatformTerminal.Terminal, (terminal) => ({
    ...terminal,
    display: (text: string) => Effect.sync(() => void process.stderr.write(TerminalText.drawing(text).value))
  }))
).pipe(Layer.provideMerge(NodeContext.layer))

/** Asks for a secret; Ctrl-C interrupts the command. */
export const askSecret = (question: TerminalText): Effect.Effect<Redacted.Redacted> =>
  Prompt.run(Prompt.hidden({ message: question.value })).pipe(
    Effect.catchTag("QuitException", () => Effect.interrupt),
    Effect.provide(onStderr)
  )
