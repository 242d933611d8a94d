/** Diagnostics go to stderr, through the same writer as all words, and only when they are asked for. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as FiberRef from "effect/FiberRef"
import * as HashSet from "effect/HashSet"
import * as LogLevel from "effect/LogLevel"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import { jsonLine } from "./Json.ts"
import { Terminal, type TerminalShape } from "./Terminal.ts"
import { text } from "./TerminalText.ts"
import { type Format, isJson } from "./globalFlags.ts"
import { version } from "../../domain/internal/version.ts"
import { CredentialFiles, type CredentialFilesShape } from "../../services/platform/CredentialFiles.ts"

const messageOf = ({ cause, message }: Logger.Logger.Options<unknown>): string => {
  const words = (Array.isArray(message) ? message : [message]).map(String).join(" ")
  return Cause.isEmpty(cause) ? words : `${words}: ${Cause.pretty(cause)}`
}

const loggerOn = ({ err }: TerminalShape, format: Option.Option<Format>) =>
  Logger.make((options) => {
    const level = options.logLevel.label.toLowerCase()
    const message = messageOf(options)
    Effect.runFork(
      err(isJson(Option.getOrUndefined(format)) ? jsonLine({ note: { level, message } }) : text`${level}: ${message}\n`)
    )
  })

const verbosely =
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

export const silently = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Logger.withMinimumLogLevel(effect, LogLevel.None)

/** What is read, written and asked is said on stderr, and first by whom: for reports of bugs. */
export const withDiagnostics =
  (format: Option.Option<Format>) =>
  <A, E, R>(command: Effect.Effect<A, E, R>): Effect.Effect<A, E, R | CredentialFiles | Terminal> =>
    Effect.flatMap(CredentialFiles, (files) =>
      Effect.zipRight(
        Effect.logDebug(`mp ${version}, Node.js ${process.version}, ${process.platform} ${process.arch}`),
        Effect.provideService(command, CredentialFiles, loggedFiles(files))
      ).pipe(verbosely(format))
    )

const loggedFiles = (files: CredentialFilesShape): CredentialFilesShape => ({
  ...files,
  read: (path, limit) =>
    Effect.tap(files.read(path, limit), (content) =>
      Effect.logDebug(`read ${path}${content._tag === "None" ? ": not there" : ""}`)
    ),
  list: (directory) => Effect.zipLeft(files.list(directory), Effect.logDebug(`listed ${directory}`)),
  write: (path, content, limit) => Effect.zipLeft(files.write(path, content, limit), Effect.logDebug(`wrote ${path}`)),
  append: (path, line, limit) =>
    Effect.zipLeft(files.append(path, line, limit), Effect.logDebug(`added a line to ${path}`)),
  remove: (path) => Effect.tap(files.remove(path), (was) => (was ? Effect.logDebug(`removed ${path}`) : Effect.void))
})
