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
type Said = typeof Said.Type
const decodeSaid = Schema.decodeUnknownSync(Said)

/** A moment of a refresh, and what the worker sends to itself then; a worker that stops goes on with SIGCONT. */
interface Blow {
  readonly moment: string
  readonly signal: NodeJS.Signals
}

interface Worker {
  /** Asks for a bearer. */
  readonly ask: (blow?: Blow) => Promise<Said>
  /** Says that nothing more will be asked, and waits until it has ended by itself. */
  readonly end: () => Promise<void>
}

/** One that runs for several questions. */
export interface Running extends Worker {
  readonly child: ChildProcess
  /** Takes the lock and gives it back, and refreshes nothing. */
  readonly lock: () => Promise<Said>
}

/** Where and as what a worker runs. */
export interface Place {
  readonly format?: "esm" | "cjs"
  /** A program that starts it, such as `unshare`. */
  readonly through?: ReadonlyArray<string>
  readonly variables?: Readonly<Record<string, string>>
}

/** `none` is the defect to seed; `built` is the lock as it is, in the library as it is built. */
export type Lock = "token" | "none" | "built"

const builtWorker = fileURLToPath(new URL("../../package/built/worker.mjs", import.meta.url))

const bundle = async (directory: string, format: "esm" | "cjs"): Promise<void> => {
  await build({
    entryPoints: [fileURLToPath(new URL("./worker.ts", import.meta.url))],
    outfile: outfileIn(directory, format),
    bundle: true,
    minify: true,
    platform: "node",
    format,
    logLevel: "error",
    ...(format === "cjs"
      ? {}
      : {
          banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" }
        })
  })
}

const outfileIn = (directory: string, format: "esm" | "cjs"): string =>
  join(directory, `worker.${format === "esm" ? "mjs" : "cjs"}`)

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

export interface Asked {
  /** Where the worker was built. */
  readonly directory: string
  readonly home: string
  readonly url: string
  readonly lock: Lock
}

const startWorker = async (asked: Asked, place: Place): Promise<Running> => {
  const { format = "esm", through = [], variables = {} } = place
  const [program = process.execPath, ...args] = [...through, process.execPath]
  const script = asked.lock === "built" ? builtWorker : outfileIn(asked.directory, format)
  const child = spawn(program, [...args, script, asked.home, asked.url, asked.lock], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, ...variables }
  })
  const next = linesOf(child)
  await next()
  const say = (line: string) => {
    const said = next()
    child.stdin.write(`${line}\n`)
    return said
  }
  const end = async () => {
    const ended = once(child, "exit")
    child.stdin.end()
    await ended
  }
  return {
    child,
    ask: (blow) => say(blow === undefined ? "ask" : `${blow.moment}: ${blow.signal}`),
    lock: () => say("lock"),
    end
  }
}

/** The worker, built for as long as the scope lasts. */
export const builtWorkers = (...formats: ReadonlyArray<"esm" | "cjs">): Effect.Effect<string, never, Scope.Scope> =>
  Effect.tap(
    Effect.acquireRelease(
      Effect.promise(() => mkdtemp(join(tmpdir(), "mp-storm-"))),
      (directory) => Effect.promise(() => rm(directory, { recursive: true, force: true }))
    ),
    (directory) => Effect.promise(() => Promise.all(formats.map((format) => bundle(directory, format))))
  )

/** A process in a place, ready to ask, gone with the scope. */
export const workerIn = (asked: Asked, place: Place): Effect.Effect<Running, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(() => startWorker(asked, place)),
    ({ child }) => Effect.sync(() => child.kill("SIGKILL"))
  )

/** One process in each place. */
export const workersIn = (
  places: ReadonlyArray<Place>,
  home: string,
  url: string,
  lock: Lock = "token"
): Effect.Effect<ReadonlyArray<Running>, never, Scope.Scope> =>
  Effect.gen(function* () {
    const directory = yield* builtWorkers(...new Set(places.map(({ format = "esm" }) => format)))
    return yield* Effect.forEach(places, (place) => workerIn({ directory, home, url, lock }, place), {
      concurrency: "unbounded"
    })
  })

/** So many processes of this place. */
export const workers = (count: number, home: string, url: string, lock: Lock = "token") =>
  workersIn(
    Array.from({ length: count }, () => ({})),
    home,
    url,
    lock
  )
