/** From a command line to an exit code. */
import { isValidationError } from "@effect/cli/ValidationError"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { version } from "../../domain/internal/version.ts"
import { CredentialFiles } from "../../services/platform/CredentialFiles.ts"
import type { FileInspector } from "../../services/platform/FileInspector.ts"
import type { Locations } from "../../services/platform/Locations.ts"
import { find, type Leaf, parseWords } from "./declare.ts"
import { withCommandServices } from "./services.ts"
import { execute, report } from "./execute.ts"
import { exitCodes } from "./exitCode.ts"
import type { Format } from "./formats.ts"
import { checkGlobals, Globals, toFormat } from "./Globals.ts"
import { globalFlags, globalOptions } from "./globalFlags.ts"
import { type Understood, understand } from "./canonicalArgv.ts"
import { renderHelp } from "./help.ts"
import { silently, verbosely } from "./logging.ts"
import { parserServices } from "./parserServices.ts"
import { Terminal } from "./Terminal.ts"
import { tellingOverrides } from "./tellingOverrides.ts"
import { toldFiles } from "./toldFiles.ts"
import { tree } from "../commands/mp.ts"
import { TerminalText, text } from "./TerminalText.ts"

type World = Terminal | CredentialFiles | FileInspector | Locations

/** Runs one command line and answers with its exit code. Whatever goes wrong has been told on stderr. */
export const run = (argv: ReadonlyArray<string>): Effect.Effect<number, never, World> =>
  Either.match(understand(tree.spec, globalFlags, argv), {
    onLeft: ({ error, globals }) => report(error, formatOf(globals), { path: [], args: [], flags: [] }),
    onRight: answer
  })

const answer = (understood: Understood): Effect.Effect<number, never, World> => {
  if (understood.request === "version") return print(text`${version}\n`)
  const node = find(tree, understood.path)
  if (node === undefined) return Effect.dieMessage("The grammar understood a command that is not there.")
  if (understood.request === "help" || !("run" in node)) {
    return print(TerminalText.lines(renderHelp(understood.path, node.spec, globalFlags)))
  }
  return runLeaf(node, understood)
}

const print = (shown: TerminalText): Effect.Effect<number, never, Terminal> =>
  Effect.as(
    Effect.flatMap(Terminal, ({ out }) => out(shown)),
    exitCodes.ok
  )

const runLeaf = (leaf: Leaf, { globals, typed, words }: Understood): Effect.Effect<number, never, World> => {
  const command = parseWords("mp", globalOptions, globals).pipe(
    Effect.flatMap(checkGlobals),
    Effect.flatMap((values) =>
      withCommandServices(leaf.run(words)).pipe(
        tellingOverrides,
        Effect.provideService(Globals, values),
        values.verbose ? toldOn(values.format) : silently
      )
    ),
    Effect.provide(parserServices),
    Effect.catchIf(isValidationError, ({ _tag }) =>
      Effect.dieMessage(`The parser refused what the grammar let pass: ${_tag}`)
    )
  )
  return execute(command, formatOf(globals), typed)
}

/** What is read, written and asked is said on stderr. */
const toldOn =
  (format: Option.Option<Format>) =>
  <A, E, R>(command: Effect.Effect<A, E, R>): Effect.Effect<A, E, R | CredentialFiles | Terminal> =>
    Effect.flatMap(CredentialFiles, (files) =>
      Effect.provideService(command, CredentialFiles, toldFiles(files)).pipe(verbosely(format))
    )

/** The format as far as the words tell it, for errors that come before they are parsed. */
const formatOf = (globals: ReadonlyArray<string>): Option.Option<Format> => {
  const at = globals.indexOf("--format")
  return Option.flatMap(Option.fromNullable(at === -1 ? undefined : globals[at + 1]), (word) => toFormat(word.slice(1)))
}
