import * as Context from "effect/Context"

/**
 * A program on this machine, as far as it is known.
 * @since 0.1.0
 * @category models
 */
export interface Program {
  readonly name: string | null
  readonly pid: number | null
}

export const programName = (path: string): string => path.replace(/^.*[\\/]/s, "").replace(/\.(?:[cm]?[jt]s|exe)$/, "")

/**
 * The program that this library runs in. A runtime without a process has none.
 *
 * @example
 * ```ts
 * const named = Effect.provideService(program, OwnProgram, { name: "reports", pid: 4711 })
 * ```
 * @since 0.1.0
 * @category services
 */
export class OwnProgram extends Context.Reference<OwnProgram>()("effect-mixpanel/OwnProgram", {
  defaultValue: (): Program => {
    const host = globalThis.process
    const script = host?.argv[1] ?? host?.argv[0]
    return { name: script === undefined ? null : programName(script), pid: host?.pid ?? null }
  }
}) {}
