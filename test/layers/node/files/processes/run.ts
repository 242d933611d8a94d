/** Builds the worker once and starts it in processes of their own. */
import { build } from "esbuild"
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

/** Where and how a worker runs. */
export interface Place {
  /** A program that starts it, such as `unshare`. */
  readonly through?: ReadonlyArray<string>
  /** `MP_TEST_HOST`: the host name it gives; `MP_TEST_LEASE`: the lease in milliseconds; see also `worker.ts`. */
  readonly variables?: Readonly<Record<string, string>>
}

export interface Workers {
  readonly start: (task: string, lock: string, path: string, count?: number, place?: Place) => ChildProcess
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
    format: "esm"
  })
  const running = new Set<ChildProcess>()
  return {
    start: (task, lock, path, count = 1, { through = [], variables = {} } = {}) => {
      const [program = process.execPath, ...args] = [...through, process.execPath]
      const child = spawn(program, [...args, outfile, task, lock, path, String(count)], {
        stdio: ["ignore", "pipe", "inherit"],
        env: { ...process.env, ...variables }
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
