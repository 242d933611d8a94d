import { statSync } from "node:fs"
import { env as inherited } from "node:process"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { ExternalSecrets, notFound, sourceProblem } from "../../../services/platform/ExternalSecrets.ts"
import { homeDirectory } from "../home.ts"
import { findProgram } from "./findProgram.ts"
import { readTokenFile } from "./readTokenFile.ts"
import { runProgram } from "./runProgram.ts"

const find = (program: string) => Effect.sync(() => Option.fromNullable(findProgram(program, inherited)))

const expanded = (path: string): string | undefined => {
  if (!path.startsWith("~/")) return path
  const home = homeDirectory()
  return home === undefined ? undefined : `${home}${path.slice(1)}`
}

/** Nothing in the working directory is to decide what a program does. */
const directory = (): string => {
  const home = homeDirectory()
  return home !== undefined && statSync(home, { throwIfNoEntry: false })?.isDirectory() === true ? home : "/"
}

export const processSecrets = ExternalSecrets.of({
  find,
  read: (path) =>
    Effect.suspend(() => {
      const found = expanded(path)
      return found === undefined
        ? Effect.fail(sourceProblem("begins with ~, and no home directory is known"))
        : readTokenFile(found)
    }),
  run: ({ variables, words: [program = "", ...args] }) =>
    Effect.flatMap(
      find(program),
      Option.match({
        onNone: () => Effect.fail(notFound(program)),
        onSome: (path) => runProgram({ path, args, directory: directory(), env: { ...inherited, ...variables } })
      })
    )
})

/**
 * `ExternalSecrets` over the programs and files of this machine.
 *
 * @example
 * ```ts
 * const path = Effect.flatMap(ExternalSecrets, (secrets) => secrets.find("op")).pipe(Effect.provide(processSecrets))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<ExternalSecrets> = Layer.succeed(ExternalSecrets, processSecrets)
