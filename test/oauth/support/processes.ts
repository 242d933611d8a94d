/** Builds the worker once and talks with processes that run it. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { build } from "esbuild"

const Said = Schema.parseJson(
  Schema.Struct({
    ready: Schema.optional(Schema.Boolean),
    access: Schema.optional(Schema.String),
    error: Schema.optional(Schema.String),
    code: Schema.optional(Schema.String),
    message: Schema.optional(Schema.String)
  })
)
export type Said = typeof Said.Type
const decodeSaid = Schema.decodeUnknownSync(Said)

export interface Worker {
  /** Asks for a bearer. */
  readonly ask: () => Promise<Said>
  /** Says that nothing more will be asked, and waits until it has ended by itself. */
  readonly end: () => Promise<void>
}

export type Lock = "token" | "none"

const bundle = async (directory: string): Promise<string> => {
  const outfile = join(directory, "worker.mjs")
  await build({
    entryPoints: [fileURLToPath(new URL("./worker.ts", import.meta.url))],
    outfile,
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" }
  })
  return outfile
}

/** Lines that arrive, handed to whoever waits for the next one. */
const linesOf = (child: ChildProcess): (() => Promise<Said>) => {
  const waiting: Array<{ readonly resolve: (said: Said) => void; readonly reject: (error: Error) => void }> = []
  if (child.stdout === null) throw new Error("no stdout")
  createInterface({ input: child.stdout }).on("line", (line) => waiting.shift()?.resolve(decodeSaid(line)))
  child.once("exit", (code) => {
    for (const waiter of waiting.splice(0)) waiter.reject(new Error(`a worker ended with ${code}`))
  })
  return () => new Promise((resolve, reject) => waiting.push({ resolve, reject }))
}

const startWorker = async (outfile: string, home: string, url: string, lock: Lock) => {
  const child = spawn(process.execPath, [outfile, home, url, lock], { stdio: ["pipe", "pipe", "inherit"] })
  const next = linesOf(child)
  await next()
  const ask = () => {
    const said = next()
    child.stdin.write("ask\n")
    return said
  }
  const end = async () => {
    const ended = once(child, "exit")
    child.stdin.end()
    await ended
  }
  return { child, ask, end }
}

/** Processes that are ready to ask, gone with the scope. */
export const workers = (
  count: number,
  home: string,
  url: string,
  lock: Lock = "token"
): Effect.Effect<ReadonlyArray<Worker>, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const directory = await mkdtemp(join(tmpdir(), "mp-storm-"))
      const outfile = await bundle(directory)
      const started = await Promise.all(Array.from({ length: count }, () => startWorker(outfile, home, url, lock)))
      return { directory, started }
    }),
    ({ directory, started }) =>
      Effect.promise(async () => {
        for (const { child } of started) child.kill("SIGKILL")
        await rm(directory, { recursive: true, force: true })
      })
  ).pipe(Effect.map(({ started }) => started))
