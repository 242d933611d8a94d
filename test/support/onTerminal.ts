/** The real `mp` on a pseudo-terminal, as `script` of util-linux gives one: keys in, screen out. */
import { spawn } from "node:child_process"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { RunOptions } from "./mp.ts"
import { mpEnvironment } from "./mpEnvironment.ts"
import { builtMp as bundle } from "./builtMp.ts"

export interface Screen {
  /** Waits until what was shown so far matches, at most 15 s. */
  readonly shows: (pattern: RegExp) => Effect.Effect<RegExpMatchArray>
  readonly press: (keys: string) => Effect.Effect<void>
  readonly ended: Effect.Effect<{ readonly code: number; readonly shown: string }>
}

const sized = (columns: number | undefined): ReadonlyArray<string> =>
  columns === undefined ? [] : ["stty", "cols", String(columns), "&&"]

/** Starts `mp`; words without quotes or spaces only. It is killed when the scope closes. */
export const onTerminal = (
  args: ReadonlyArray<string>,
  { columns, env = {}, home }: RunOptions & { readonly columns?: number }
): Effect.Effect<Screen, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() =>
      spawn("script", ["-qefc", [...sized(columns), process.execPath, bundle, ...args].join(" "), "/dev/null"], {
        cwd: home,
        env: { ...mpEnvironment(home), TERM: "xterm", NO_COLOR: "1", SHELL: "/bin/sh", ...env },
        stdio: ["pipe", "pipe", "inherit"]
      })
    ),
    (child) => Effect.sync(() => void child.kill("SIGKILL"))
  ).pipe(
    Effect.map((child) => {
      let shown = ""
      child.stdout.on("data", (chunk: Buffer) => {
        shown += chunk.toString("utf8")
      })
      child.stdin.on("error", () => undefined)
      const ended = new Promise<number>((resolve) => {
        child.once("close", (code) => resolve(code ?? -1))
      })
      const shows = async (pattern: RegExp): Promise<RegExpMatchArray> => {
        for (let waited = 0; waited < 15_000; waited += 20) {
          const found = shown.match(pattern)
          if (found !== null) return found
          await new Promise((resolve) => setTimeout(resolve, 20))
        }
        throw new Error(`mp did not show ${pattern}, but:\n${shown}`)
      }
      return {
        shows: (pattern) => Effect.promise(() => shows(pattern)),
        press: (keys) => Effect.sync(() => void child.stdin.write(keys)),
        ended: Effect.promise(async () => ({ code: await ended, shown }))
      }
    })
  )
