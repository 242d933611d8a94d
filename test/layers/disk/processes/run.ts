/** Builds the worker once and starts it in processes of their own. */
import { build } from "esbuild"
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"

const native = pathToFileURL(createRequire(import.meta.url).resolve("fs-native-extensions")).href

export interface Workers {
  readonly start: (task: string, lock: string, path: string, count?: number) => ChildProcess
  readonly dispose: () => Promise<void>
}

export const buildWorkers = async (): Promise<Workers> => {
  const directory = await mkdtemp(join(tmpdir(), "mp-worker-"))
  const outfile = join(directory, "worker.mjs")
  await build({
    entryPoints: [fileURLToPath(new URL("./worker.ts", import.meta.url))],
    outfile,
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    plugins: [
      {
        name: "native module stays outside",
        setup: ({ onResolve }) =>
          onResolve({ filter: /^fs-native-extensions$/ }, () => ({ path: native, external: true }))
      }
    ]
  })
  const running = new Set<ChildProcess>()
  return {
    start: (task, lock, path, count = 1) => {
      const child = spawn(process.execPath, [outfile, task, lock, path, String(count)], {
        stdio: ["ignore", "pipe", "inherit"]
      })
      running.add(child)
      child.once("exit", () => running.delete(child))
      return child
    },
    dispose: async () => {
      for (const child of running) child.kill("SIGKILL")
      await rm(directory, { recursive: true, force: true })
    }
  }
}

/** The first thing it says. */
export const word = async (child: ChildProcess): Promise<string> => {
  if (child.stdout === null) throw new Error("no stdout")
  const [chunk] = await once(child.stdout, "data")
  return String(chunk).trim()
}

/** Its exit code, or the signal that ended it. */
export const ended = async (child: ChildProcess): Promise<number | string> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit")
  return child.exitCode ?? child.signalCode ?? "unknown"
}

export const killed = async (child: ChildProcess): Promise<void> => {
  child.kill("SIGKILL")
  await ended(child)
}
