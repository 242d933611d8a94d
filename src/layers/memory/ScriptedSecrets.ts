/** Programs and files that give credentials, for tests: a function decides what a command answers. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { maxAnswerBytes } from "../../domain/account/CredentialSource.ts"
import type { SourceProblem } from "../../domain/account/CredentialSourceFailed.ts"
import { ExternalSecrets, sourceProblem } from "../../services/platform/ExternalSecrets.ts"
import { MemoryFilesControl } from "./MemoryFiles.ts"

/**
 * What a command writes, by its words; or how it fails: at least the reason, a phrase such as `ended with exit code 1`.
 * @since 0.1.0
 * @category testing
 */
export type ScriptedCommand = (
  words: ReadonlyArray<string>
) => Effect.Effect<string, Pick<SourceProblem, "reason"> & Partial<SourceProblem>>

/**
 * The commands that ran so far.
 *
 * @example
 * ```ts
 * const commands = Effect.flatMap(ScriptedSecrets, (secrets) => secrets.ran)
 * ```
 * @since 0.1.0
 * @category testing
 */
export class ScriptedSecrets extends Context.Tag("effect-mixpanel/ScriptedSecrets")<
  ScriptedSecrets,
  {
    /** The words of each, in order. */
    readonly ran: Effect.Effect<ReadonlyArray<ReadonlyArray<string>>>
  }
>() {}

/** Replaces the programs of a machine; files are those in memory, `~/` is `home`. */
export const layer = (
  command: ScriptedCommand,
  home: string
): Layer.Layer<ExternalSecrets | ScriptedSecrets, never, MemoryFilesControl> =>
  Layer.effectContext(
    Effect.map(MemoryFilesControl, ({ snapshot }) => {
      const ran: Array<ReadonlyArray<string>> = []
      const secrets = ExternalSecrets.of({
        find: (program) => Effect.succeed(Option.some(program.startsWith("/") ? program : `/usr/bin/${program}`)),
        read: (path) =>
          Effect.flatMap(snapshot, (files) => {
            const text = files[path.replace(/^~\//, `${home}/`)]
            if (text === undefined) return Effect.fail(sourceProblem("does not exist"))
            return new TextEncoder().encode(text).byteLength > maxAnswerBytes
              ? Effect.fail(sourceProblem("is larger than 64 KiB"))
              : Effect.succeed(text)
          }),
        run: ({ words }) =>
          Effect.suspend(() => {
            ran.push(words)
            return Effect.mapError(command(words), ({ reason, ...more }) => sourceProblem(reason, more))
          })
      })
      return Context.make(ExternalSecrets, secrets).pipe(
        Context.add(ScriptedSecrets, { ran: Effect.sync(() => [...ran]) })
      )
    })
  )

export const noCommands: ScriptedCommand = () => Effect.fail({ reason: "was not found on PATH" })
