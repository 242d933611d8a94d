import * as Command from "@effect/cli/Command"
import { isValidationError } from "@effect/cli/ValidationError"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { version } from "../../domain/internal/version.ts"
import type { CredentialFiles } from "../../services/platform/CredentialFiles.ts"
import type { FileInspector } from "../../services/platform/FileInspector.ts"
import type { Locations } from "../../services/platform/Locations.ts"
import { facts, mpAt } from "../commands/mp.ts"
import { nothingTyped } from "./again.ts"
import { type CanonicalArgv, canonicalArgv, withoutPath } from "./canonicalArgv.ts"
import { withParserServices } from "./command.ts"
import { exitCodes } from "./exitCode.ts"
import { factsAt } from "./facts.ts"
import { renderHelp } from "./help.ts"
import { report, toExitCode } from "./reportError.ts"
import { withCommandServices } from "./services.ts"
import { Terminal } from "./Terminal.ts"
import { TerminalText, text } from "./TerminalText.ts"
import { inOwnContext } from "./withService.ts"

type World = Terminal | CredentialFiles | FileInspector | Locations

/**
 * Runs one command line and answers with its exit code. Whatever goes wrong has been told on stderr.
 * @since 0.1.0
 * @category commands
 */
export const run = (argv: ReadonlyArray<string>): Effect.Effect<number, never, World> =>
  argv[0] === "__complete"
    ? candidates(argv.slice(argv[1] === "--" ? 2 : 1))
    : Either.match(canonicalArgv(facts, argv), {
        onLeft: ({ error, flags }) => report(error, { ...nothingTyped, flags }),
        onRight: (canonical) => inOwnContext(answer(canonical))
      })

const answer = (canonical: CanonicalArgv): Effect.Effect<number, never, World> => {
  const { request, typed } = canonical
  if (request === "version") return print(text`${version}\n`)
  const found = factsAt(facts, typed.path)
  return request === "help" ? print(TerminalText.lines(renderHelp(typed.path, found))) : runCommand(canonical)
}

const print = (shown: TerminalText): Effect.Effect<number, never, Terminal> =>
  Effect.flatMap(Terminal, ({ out }) => out(shown)).pipe(Effect.as(exitCodes.ok))

const candidates = (words: ReadonlyArray<string>) =>
  Effect.flatMap(
    Effect.promise(() => import("./complete.ts")),
    ({ complete }) => Effect.flatMap(withCommandServices(complete(facts, words)), print)
  )

const runCommand = (canonical: CanonicalArgv): Effect.Effect<number, never, World> => {
  const { typed } = canonical
  const command = Option.match(mpAt(typed.path, withCommandServices), {
    onNone: () => Effect.dieMessage(`There is no command at a path that the check let pass: ${typed.path.join(" ")}`),
    onSome: (mp) =>
      Command.run(mp, { name: "mp", version, executable: "mp" })(["node", "mp", ...withoutPath(canonical)])
  }).pipe(
    withParserServices,
    Effect.catchIf(isValidationError, ({ _tag }) =>
      Effect.dieMessage(`The parser refused what the check let pass: ${_tag}`)
    )
  )
  return toExitCode(command, typed)
}
