import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Struct from "effect/Struct"
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

export const givenSource = (flags: SourceFlags): Either.Either<Option.Option<NewSource>, InvalidArgument> =>
  Either.gen(function* () {
    const keys = Struct.keys(sourceFlags).filter((key) => Option.isSome(flags[key]))
    const [name, other] = keys.map((key) => sourceFlags[key].name)
    if (name !== undefined && other !== undefined) return yield* Either.left(together(name, other))
    if (Option.isSome(flags.tokenFile)) return Option.some(yield* fileIn(flags.tokenFile.value))
    const command = Option.orElse(flags.secretCommand, () => flags.tokenCommand)
    return name === undefined || Option.isNone(command)
      ? Option.none<NewSource>()
      : Option.some(yield* commandIn(name, command.value))
  })

const commandIn = (name: string, line: string): Either.Either<NewSource, InvalidArgument> =>
  checked(
    `--${name}`,
    Either.flatMap(shellWords(line), (words) => unless(wordsProblem(words), { kind: "command", words })),
    { flags: [[name, "pass show mixpanel"]] }
  )

const fileIn = (path: string): Either.Either<NewSource, InvalidArgument> =>
  checked("--token-file", unless(pathProblem(path), { kind: "file", path }), {
    flags: [["token-file", "~/mixpanel-token"]]
  })

const unless = (problem: string | undefined, source: NewSource): Either.Either<NewSource, string> =>
  problem === undefined ? Either.right(source) : Either.left(problem)

/** Two flags of which each says where the credential comes from. */
export const together = (one: string, other: string): InvalidArgument =>
  invalid(`--${one} and --${other} cannot be used together.`, { without: [other] }, { without: [one] })

/** What the source answers now, for what has to be asked before the account is there. */
export const answerOf = (account: string, source: CredentialSource) =>
  Effect.gen(function* () {
    const answered = yield* Effect.either(runSource(yield* ExternalSecrets, account, source))
    return yield* Either.mapLeft(answered, ({ reason }) => reason).pipe(Either.flatMap(parseAnswer))
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
