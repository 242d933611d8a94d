/** The real `mp` while it runs: what it says so far, what is typed, how it ends. */
import { spawn } from "node:child_process"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Outcome, RunOptions } from "./mp.ts"
import { mpEnvironment } from "./mpEnvironment.ts"
import { builtMp as bundle } from "./builtMp.ts"

export interface LiveMp {
  /** Waits until stderr matches, at most 15 s. */
  readonly said: (pattern: RegExp) => Effect.Effect<RegExpMatchArray>
  readonly type: (text: string) => Effect.Effect<void>
  readonly endInput: Effect.Effect<void>
  readonly signal: (name: NodeJS.Signals) => Effect.Effect<void>
  readonly ended: Effect.Effect<Outcome>
}

/** Starts `mp` with a pipe for stdin; it is killed when the scope closes. */
export const startMp = (
  args: ReadonlyArray<string>,
  { env = {}, home }: RunOptions
): Effect.Effect<LiveMp, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() =>
      spawn(process.execPath, [bundle, ...args], {
        cwd: home,
        env: { ...mpEnvironment(home), ...env },
        stdio: ["pipe", "pipe", "pipe"]
      })
    ),
    (child) => Effect.sync(() => void child.kill("SIGKILL"))
  ).pipe(
    Effect.map((child): LiveMp => {
      const heard = { stdout: "", stderr: "" }
      child.stdout.on("data", (chunk: Buffer) => {
        heard.stdout += chunk.toString("utf8")
      })
      child.stderr.on("data", (chunk: Buffer) => {
        heard.stderr += chunk.toString("utf8")
      })
      child.stdin.on("error", () => undefined)
      const ended = new Promise<Outcome>((resolve) => {
        child.once("close", (code) => resolve({ code: code ?? -1, ...heard }))
      })
      const said = async (pattern: RegExp): Promise<RegExpMatchArray> => {
        for (let waited = 0; waited < 15_000; waited += 20) {
          const found = heard.stderr.match(pattern)
          if (found !== null) return found
          await new Promise((resolve) => setTimeout(resolve, 20))
        }
        throw new Error(`mp did not say ${pattern}, but:\n${heard.stderr}`)
      }
      return {
        said: (pattern) => Effect.promise(() => said(pattern)),
        type: (text) => Effect.sync(() => void child.stdin.write(text)),
        endInput: Effect.sync(() => void child.stdin.end()),
        signal: (name) => Effect.sync(() => void child.kill(name)),
        ended: Effect.promise(() => ended)
      }
    })
  )
