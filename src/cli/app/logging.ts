/** Diagnostics go to stderr, through the same writer as all words, and only when they are asked for. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as FiberRef from "effect/FiberRef"
import * as HashSet from "effect/HashSet"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import type { Format } from "./formats.ts"
import { jsonLine } from "./Json.ts"
import { speaksJson } from "./speaksJson.ts"
import { Terminal, type TerminalShape } from "./Terminal.ts"
import { text } from "./TerminalText.ts"

const messageOf = ({ cause, message }: Logger.Logger.Options<unknown>): string => {
  const words = (Array.isArray(message) ? message : [message]).map(String).join(" ")
  return Cause.isEmpty(cause) ? words : `${words}: ${Cause.pretty(cause)}`
}

const loggerOn = ({ err }: TerminalShape, format: Option.Option<Format>) =>
  Logger.make((options) => {
    const level = options.logLevel.label.toLowerCase()
    const message = messageOf(options)
    Effect.runFork(err(speaksJson(format) ? jsonLine({ note: { level, message } }) : text`${level}: ${message}\n`))
  })

/** Runs an effect with its diagnostics on stderr. */
export const verbosely =
  (format: Option.Option<Format>) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R | Terminal> =>
    Effect.flatMap(Terminal, (terminal) =>
      effect.pipe(
        Effect.locally(FiberRef.currentLoggers, HashSet.make(loggerOn(terminal, format))),
        // What a fiber failed with is told as the error of the command, or has been dealt with.
        Effect.withUnhandledErrorLogLevel(Option.none()),
        Logger.withMinimumLogLevel(LogLevel.Debug)
      )
    )

/** Runs an effect without a word of diagnostics. */
export const silently = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Logger.withMinimumLogLevel(effect, LogLevel.None)
