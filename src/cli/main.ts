/** From a command line to an exit code. */
import { isValidationError, type ValidationError } from "@effect/cli/ValidationError"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import type { Explained } from "../domain/errors.ts"
import { version } from "../domain/version.ts"
import * as stores from "../layers/stores.ts"
import * as ClientStore from "../services/ClientStore.ts"
import type { CredentialFiles } from "../services/CredentialFiles.ts"
import type { FileInspector } from "../services/FileInspector.ts"
import type { Locations } from "../services/Locations.ts"
import type { CommandError } from "./CommandContext.ts"
import { find, type Leaf, parseWords } from "./CommandTree.ts"
import { renderError } from "./ErrorReport.ts"
import { exitCodeOf, exitCodes } from "./exitCode.ts"
import {
  checkGlobals,
  type Format,
  Globals,
  globalFlags,
  globalOptions,
  type GlobalValues,
  toFormat
} from "./Globals.ts"
import { type Understood, understand } from "./Grammar.ts"
import { renderHelp } from "./Help.ts"
import { lazyFlow } from "./lazyFlow.ts"
import { parserServices } from "./parserServices.ts"
import { Terminal } from "./Terminal.ts"
import { tree } from "./tree.ts"

type World = Terminal | CredentialFiles | FileInspector | Locations

/** Runs one command line and answers with its exit code. Whatever goes wrong has been told on stderr. */
export const run = (argv: ReadonlyArray<string>): Effect.Effect<number, never, World> =>
  Either.match(understand(tree.spec, globalFlags, argv), {
    onLeft: ({ error, globals }) => report(error, formatOf(globals)),
    onRight: answer
  })

const answer = (understood: Understood): Effect.Effect<number, never, World> => {
  if (understood.request === "version") return print(`${version}\n`)
  const node = find(tree, understood.path)
  if (node === undefined) return Effect.dieMessage("The grammar understood a command that is not there.")
  if (understood.request === "help" || !("run" in node)) {
    return print(renderHelp(understood.path, node.spec, globalFlags))
  }
  return execute(node, understood)
}

const print = (text: string): Effect.Effect<number, never, Terminal> =>
  Effect.as(
    Effect.flatMap(Terminal, ({ out }) => out(text)),
    exitCodes.ok
  )

const execute = (leaf: Leaf, { globals, words }: Understood): Effect.Effect<number, never, World> => {
  const format = formatOf(globals)
  return parseWords("mp", globalOptions, globals).pipe(
    Effect.flatMap(checkGlobals),
    Effect.flatMap((values) => leaf.run(words).pipe(Effect.provide(commandLayer(values)))),
    Effect.as(exitCodes.ok),
    Effect.provide(parserServices),
    Effect.catchAll((error) => explain(error, format)),
    Effect.catchAllDefect((defect) => crash(defect, format))
  )
}

const commandLayer = (values: GlobalValues) =>
  Layer.mergeAll(
    Layer.provideMerge(stores.layer, Layer.merge(lazyFlow, ClientStore.layer)),
    Layer.succeed(Globals, values),
    logging(values)
  )

/** Diagnostics go to stderr, and only when they are asked for. */
const logging = ({ verbose }: GlobalValues) =>
  Layer.mergeAll(
    Logger.replace(Logger.defaultLogger, Logger.withConsoleError(Logger.logfmtLogger)),
    Logger.minimumLogLevel(verbose ? LogLevel.Debug : LogLevel.None)
  )

const explain = (
  error: CommandError | ValidationError,
  format: Option.Option<Format>
): Effect.Effect<number, never, Terminal> => {
  if (isValidationError(error)) return Effect.dieMessage(`The parser refused what the grammar let pass: ${error._tag}`)
  return error._tag === "Reported" ? Effect.succeed(exitCodeOf(error.error)) : report(error, format)
}

const report = (error: Explained, format: Option.Option<Format>): Effect.Effect<number, never, Terminal> =>
  Effect.as(
    Effect.flatMap(Terminal, ({ err }) => err(renderError(error, format))),
    exitCodeOf(error)
  )

/** A bug of ours, told as any other error. The values that it happened to hold may be secrets: they are not shown. */
const crash = (defect: unknown, format: Option.Option<Format>): Effect.Effect<number, never, Terminal> =>
  report(
    {
      code: "INTERNAL_ERROR",
      message: `mp has a bug: ${defect instanceof Error ? `${defect.name} ${placeOf(defect)}` : "a defect that is no error"}`,
      hints: ["run the same command with --verbose, and report what it says"]
    },
    format
  )

/** Where it happened: the first line of the stack that is a place, without the message before it. */
const placeOf = ({ stack }: Error): string =>
  stack
    ?.split("\n")
    .find((line) => /^\s+at /.test(line))
    ?.trim() ?? ""

/** The format as far as the words tell it, for errors that come before they are parsed. */
const formatOf = (globals: ReadonlyArray<string>): Option.Option<Format> => {
  const at = globals.indexOf("--format")
  return Option.flatMap(Option.fromNullable(at === -1 ? undefined : globals[at + 1]), (word) => toFormat(word.slice(1)))
}
