/** Questions to the person at the terminal, drawn on stderr so that stdout stays free for data. */
import * as Prompt from "@effect/cli/Prompt"
import * as PlatformTerminal from "@effect/platform/Terminal"
import * as NodeTerminal from "@effect/platform-node/NodeTerminal"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import { withParserServices } from "./command.ts"
import { inLocale, isStyled } from "./look.ts"
import { Terminal } from "./Terminal.ts"
import { TerminalText, text } from "./TerminalText.ts"

/** The terminal of the platform, drawing on stderr. */
const onStderr = Layer.effect(
  PlatformTerminal.Terminal,
  Effect.zipWith(PlatformTerminal.Terminal, isStyled(true), (terminal, styled) => ({
    ...terminal,
    display: (drawn: string) =>
      Effect.map(inLocale(TerminalText.drawing(drawn)), ({ value }) => {
        process.stderr.write(styled ? value : value.replace(/\u001b\[[0-9;]*m/g, ""))
      })
  }))
).pipe(Layer.provide(NodeTerminal.layer))

/** Nothing where Ctrl-C was pressed. */
const answerOrQuit = <A>(prompt: Prompt.Prompt<A>): Effect.Effect<Option.Option<A>> =>
  Prompt.run(prompt).pipe(
    Effect.asSome,
    Effect.catchTag("QuitException", () => Effect.succeedNone),
    Effect.provide(onStderr),
    withParserServices
  )

/** Ctrl-C interrupts the command. */
const answer = <A>(prompt: Prompt.Prompt<A>): Effect.Effect<A> =>
  Effect.flatMap(
    answerOrQuit(prompt),
    Option.match({ onNone: () => Effect.interrupt, onSome: (given) => Effect.succeed(given) })
  )

/** A sign of life makes room, as for whatever is written. */
const makingRoom = Effect.flatMap(Terminal, ({ err }) => err(text``))

export const ask = <A>(prompt: Prompt.Prompt<A>): Effect.Effect<A, never, Terminal> =>
  Effect.zipRight(makingRoom, answer(prompt))

/** Asks what can be left open: nothing where Ctrl-C was pressed. */
export const askOrQuit = <A>(prompt: Prompt.Prompt<A>): Effect.Effect<Option.Option<A>, never, Terminal> =>
  Effect.zipRight(makingRoom, answerOrQuit(prompt))

/** What is typed is not shown. */
export const askSecret = (question: TerminalText): Effect.Effect<Redacted.Redacted> =>
  answer(Prompt.hidden({ message: question.value }))

/** Answered with y or n; without either, the answer is no. */
export const askWhether = (question: TerminalText): Effect.Effect<boolean, never, Terminal> =>
  ask(Prompt.confirm({ message: question.value, initial: false }))
