/** Builds the worker once and starts it as often as is asked. */
import * as Effect from "effect/Effect"
import { build } from "esbuild"
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

interface Word {
  readonly process: number
  readonly engine: string
  readonly what: string
  readonly at: number
}

export interface Crowd {
  /** What all have said so far. */
  readonly words: Array<Word>
  readonly start: (task: "hold" | "five" | "wish") => ChildProcess
  /** Until so many have said it, whatever the engine. */
  readonly heard: (what: string, count: number) => Promise<void>
  readonly ended: (child: ChildProcess) => Promise<void>
}

export const crowdIn = (directory: string, args: ReadonlyArray<string>): Effect.Effect<Crowd> =>
  Effect.promise(async () => {
    const outfile = join(directory, "worker.cjs")
    await build({
      entryPoints: [fileURLToPath(new URL("./worker.ts", import.meta.url))],
      outfile,
      bundle: true,
      minify: true,
      platform: "node",
      format: "cjs",
      external: ["pg-native"],
      logLevel: "error"
    })
    const words: Array<Word> = []
    let processes = 0
    return {
      words,
      start: (task) => {
        const child = spawn(process.execPath, [outfile, task, ...args], { stdio: ["pipe", "pipe", "inherit"] })
        const number = (processes += 1)
        let rest = ""
        child.stdout.on("data", (chunk: Buffer) => {
          const lines = `${rest}${chunk}`.split("\n")
          rest = lines.pop() ?? ""
          for (const line of lines) {
            const [engine = "", what = "", at = ""] = line.split(" ")
            words.push({ process: number, engine, what, at: Number(at) })
          }
        })
        return child
      },
      heard: async (what, count) => {
        while (words.filter((word) => word.what === what).length < count) {
          await new Promise((resolve) => setTimeout(resolve, 50))
        }
      },
      ended: async (child) => {
        if (child.exitCode === null && child.signalCode === null) await once(child, "close")
      }
    }
  })
