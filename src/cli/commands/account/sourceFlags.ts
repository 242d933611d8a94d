/** From flags to the command or the file that gives an account its credential. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import {
  type CredentialSource,
  pathProblem,
  sourceText,
  wordsProblem
} from "../../../domain/account/CredentialSource.ts"
import { parseAnswer } from "../../../domain/account/sourceAnswer.ts"
import { shellWords } from "../../../domain/account/shellWords.ts"
import type { NewSource } from "../../../domain/config/ConfigEdits.ts"
import type { InvalidArgument } from "../../../domain/errors.ts"
import { ExternalSecrets } from "../../../services/platform/ExternalSecrets.ts"
import { runSource } from "../../../services/tokens/runSource.ts"
import { flag, type Given } from "../../app/facts.ts"
import { checked, invalid } from "../../app/invalid.ts"
import { notice } from "../../app/output.ts"

export const sourceFlags = {
  secretCommand: flag("secret-command", {
    value: "COMMAND",
    description: "command that prints the secret of a service account; no shell is involved"
  }),
  tokenCommand: flag("token-command", {
    value: "COMMAND",
    description: "command that prints the bearer of an oauth_token account"
  }),
  tokenFile: flag("token-file", {
    value: "PATH",
    description: "file that holds the bearer of an oauth_token account, read again when it changes"
  })
}

type SourceFlags = Given<typeof sourceFlags>

/** The command or file that flags name. */
export const givenSource = (flags: SourceFlags): Either.Either<Option.Option<NewSource>, InvalidArgument> =>
  Either.gen(function* () {
    const commands = [
      ...Option.toArray(Option.map(flags.secretCommand, (line) => ["secret-command", line] as const)),
      ...Option.toArray(Option.map(flags.tokenCommand, (line) => ["token-command", line] as const))
    ]
    const [command, second] = commands
    const file = Option.getOrUndefined(flags.tokenFile)
    if (command !== undefined && (second !== undefined || file !== undefined)) {
      const other = second?.[0] ?? "token-file"
      return yield* Either.left(together(command[0], other))
    }
    if (command !== undefined) return Option.some(yield* commandIn(command[0], command[1]))
    return file === undefined ? Option.none<NewSource>() : Option.some(yield* fileIn(file))
  })

const commandIn = (name: string, line: string): Either.Either<NewSource, InvalidArgument> =>
  checked(
    `--${name}`,
    Either.flatMap(shellWords(line), (words) => {
      const problem = wordsProblem(words)
      return problem === undefined ? Either.right<NewSource>({ kind: "command", words }) : Either.left(problem)
    }),
    { flags: [[name, "pass show mixpanel"]] }
  )

const fileIn = (path: string): Either.Either<NewSource, InvalidArgument> => {
  const problem = pathProblem(path)
  return checked(
    "--token-file",
    problem === undefined ? Either.right<NewSource>({ kind: "file", path }) : Either.left(problem),
    {
      flags: [["token-file", "~/mixpanel-token"]]
    }
  )
}

/** Two flags of which each says where the credential comes from. */
export const together = (one: string, other: string): InvalidArgument =>
  invalid(`--${one} and --${other} cannot be used together.`, { without: [other] }, { without: [one] })

/** What the source answers now, for what has to be asked before the account is there. */
export const answerOf = (account: string, source: CredentialSource) =>
  Effect.gen(function* () {
    const answered = yield* Effect.either(runSource(yield* ExternalSecrets, account, source))
    return yield* Either.flatMap(
      Either.mapLeft(answered, ({ reason }) => reason),
      parseAnswer
    )
  })

/** Says what is going to be run or read. */
export const noteSource = (source: NewSource) =>
  Effect.gen(function* () {
    if (source.kind === "file") return yield* notice(`Its credential is read from ${source.path}.`)
    const { find } = yield* ExternalSecrets
    const [program = ""] = source.words
    const text = sourceText({ ...source, timeoutSeconds: 0 })
    const path = yield* find(program)
    yield* notice(
      Option.match(path, {
        onNone: () => `Its credential is what this command prints: ${text} (there is no such program yet).`,
        onSome: (found) =>
          `Its credential is what this command prints: ${text}${found === program ? "" : ` (${found})`}.`
      })
    )
  })
