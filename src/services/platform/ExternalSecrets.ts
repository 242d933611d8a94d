import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import type { SourceProblem } from "../../domain/account/CredentialSourceFailed.ts"

/**
 * A program to run: it has the user's environment, nothing to read, and the home directory for its working directory.
 * @since 0.1.0
 * @category models
 */
export interface SecretCommand {
  /** The program and its arguments. No shell is involved. */
  readonly words: ReadonlyArray<string>
  /** Variables that it gets besides those of the user. */
  readonly variables: Readonly<Record<string, string>>
}

/**
 * What `ExternalSecrets` offers.
 * @since 0.1.0
 * @category services
 */
export interface ExternalSecretsShape {
  /**
   * What a program wrote to its stdout before it ended with exit code 0: at most 64 KiB. A program that is not waited
   * for any more, because it took too long, is ended together with all that it started.
   */
  readonly run: (command: SecretCommand) => Effect.Effect<string, SourceProblem>
  /**
   * The text of a file, at most 64 KiB. It may be a link, and others may read it, because the user named it; it must
   * be a regular file that others cannot write.
   */
  readonly read: (path: string) => Effect.Effect<string, SourceProblem>
  /** Where a program is: an absolute path as it is, a name on PATH, of which relative entries do not count. */
  readonly find: (program: string) => Effect.Effect<Option.Option<string>>
}

/**
 * Runs the commands and reads the files that give accounts their credentials.
 *
 * @example
 * ```ts
 * const path = Effect.flatMap(ExternalSecrets, (secrets) => secrets.find("pass"))
 * ```
 * @since 0.1.0
 * @category services
 */
export class ExternalSecrets extends Context.Tag("effect-mixpanel/ExternalSecrets")<
  ExternalSecrets,
  ExternalSecretsShape
>() {}

const unavailable = Effect.suspend(() =>
  Effect.fail(sourceProblem("cannot be asked here: this runtime has no programs and no files"))
)

export const none: Layer.Layer<ExternalSecrets> = Layer.succeed(ExternalSecrets, {
  run: () => unavailable,
  read: () => unavailable,
  find: () => Effect.succeedNone
})

export const sourceProblem = (reason: string, more: Partial<SourceProblem> = {}): SourceProblem => ({
  reason,
  temporary: false,
  exitCode: null,
  signal: null,
  fix: null,
  ...more
})

export const notFound = (program: string): SourceProblem =>
  sourceProblem(program.includes("/") ? "does not exist or cannot be executed" : "was not found on PATH")
