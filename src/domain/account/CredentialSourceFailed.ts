import * as Option from "effect/Option"
import { type Again, type Command, command } from "../hints/Command.ts"
import { errorClass } from "../internal/errorClass.ts"
import type { CredentialSource } from "./CredentialSource.ts"
import { sourceText } from "./CredentialSource.ts"

/**
 * What went wrong with a command or a file, whichever account it belongs to.
 * @since 0.1.0
 * @category models
 */
export interface SourceProblem {
  /** A phrase that follows the name of the command or file. It holds nothing secret. */
  readonly reason: string
  /** Whether the same may succeed at another time. */
  readonly temporary: boolean
  readonly exitCode: number | null
  readonly signal: string | null
  /** The command that mends it, where it is not the configuration that has to change. */
  readonly fix: Command | null
}

interface FailedSource {
  readonly account: string
  readonly source: CredentialSource
  readonly problem: SourceProblem
  readonly place: { readonly path: string; readonly line: number; readonly key: string }
}

const noun = { command: "command", file: "file" } as const

/**
 * The command or the file that an account takes its credential from did not give one. Nothing was sent.
 * @since 0.1.0
 * @category errors
 */
export class CredentialSourceFailed extends errorClass(
  "CredentialSourceFailed",
  "CREDENTIAL_SOURCE_FAILED",
  ({ account, place: { key, line, path }, problem, source }: FailedSource) => ({
    message: `The ${noun[source.kind]} that gives account '${account}' its credential, ${sourceText(source)}, ${problem.reason}. It is set at ${path}:${line}, \`${key}\`.`,
    hints: [...Option.toArray(Option.fromNullable(problem.fix)), command`\${EDITOR:-vi} ${`+${line}`} ${path}`],
    again: problem.temporary ? tryAgain : [],
    details: {
      account,
      source: source.kind,
      path,
      line,
      key,
      exit_code: problem.exitCode,
      signal: problem.signal,
      temporary: problem.temporary
    }
  })
) {}

const tryAgain: ReadonlyArray<Again> = [{}]
