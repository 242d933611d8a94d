/** A Redis and a Postgres that belong to a test: each on a free port, in a directory of its own, gone afterwards. */
import type { UnknownException } from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { type ChildProcess, execFile, spawn } from "node:child_process"
import { once } from "node:events"
import { chmodSync, writeFileSync } from "node:fs"
import { connect } from "node:net"
import { join } from "node:path"
import { promisify } from "node:util"
import { asPostgres, postgresPrograms } from "../../support/needs.ts"
import { temporaryDirectory } from "../node/files/support.ts"
import { freePort } from "../node/login/sockets.ts"

export interface Server {
  readonly port: number
  readonly directory: string
  readonly process: ChildProcess
}

/** Whether something answers there, before the server has ended. */
const listening = (port: number, server: ChildProcess): Effect.Effect<unknown, Error> =>
  Effect.async((resume) => {
    if (server.exitCode !== null) return resume(Effect.die(new Error(`${server.spawnfile} ended: ${server.exitCode}`)))
    const socket = connect(port, "127.0.0.1")
    const close = Effect.sync(() => socket.destroy())
    socket.once("connect", () => resume(close)).once("error", (error) => resume(Effect.fail(error)))
    return close
  })

const started = (
  words: ReadonlyArray<string>,
  at: Omit<Server, "process">,
  signal: NodeJS.Signals,
  isReady: (server: ChildProcess) => Effect.Effect<unknown, Error> = (server) => listening(at.port, server)
): Effect.Effect<Server, never, Scope.Scope> =>
  Effect.gen(function* () {
    const [program = "", ...args] = words
    const server = yield* Effect.acquireRelease(
      Effect.sync(() => spawn(program, args, { stdio: "ignore", cwd: at.directory })),
      (child) =>
        Effect.promise(async () => {
          if (child.exitCode !== null || child.signalCode !== null) return
          child.kill(signal)
          await once(child, "exit")
        })
    )
    yield* Effect.orDie(Effect.retry(isReady(server), { schedule: Schedule.spaced("20 millis"), times: 1500 }))
    return { ...at, process: server }
  })

/** A free port, and a directory of its own. */
const place: Effect.Effect<Omit<Server, "process">, never, Scope.Scope> = Effect.all({
  directory: temporaryDirectory,
  port: freePort
})

/** With settings such as `--requirepass`. */
export const redisServer = (...settings: ReadonlyArray<string>): Effect.Effect<Server, never, Scope.Scope> =>
  Effect.flatMap(place, (at) => redisIn(at, ...settings))

/** Where one was before, with what it left on its disk. */
export const redisIn = (
  { directory, port }: Omit<Server, "process">,
  ...settings: ReadonlyArray<string>
): Effect.Effect<Server, never, Scope.Scope> => {
  const words = ["redis-server", "--port", `${port}`, "--bind", "127.0.0.1", "--dir", directory, "--save", ""]
  return started([...words, "--appendonly", "yes", ...settings], { port, directory }, "SIGTERM")
}

/** The password of the user `postgres` of every server. */
export const postgresPassword = "one-of-a-test"

/** Words that start a program of Postgres. */
const postgresWords = (name: string, ...args: ReadonlyArray<string>): ReadonlyArray<string> => [
  ...(process.getuid?.() === 0 ? asPostgres : []),
  join(postgresPrograms() ?? "", name),
  ...args
]

const ran = promisify(execFile)

/** Runs a program of Postgres in the directory of a server. */
export const runPostgres = (
  { directory }: Pick<Server, "directory">,
  name: string,
  ...args: ReadonlyArray<string>
): Effect.Effect<unknown, UnknownException> => {
  const [first = "", ...rest] = postgresWords(name, ...args)
  const env = { ...process.env, PGPASSWORD: postgresPassword }
  return Effect.tryPromise(() => ran(first, rest, { cwd: directory, env }))
}

export const postgresServer = (...settings: ReadonlyArray<string>): Effect.Effect<Server, never, Scope.Scope> =>
  Effect.flatMap(newPostgres, (at) => postgresIn(at, { settings }))

/** Where one can be started that has never run. */
export const newPostgres: Effect.Effect<Omit<Server, "process">, never, Scope.Scope> = Effect.gen(function* () {
  const at = yield* place
  chmodSync(at.directory, 0o777)
  const passwords = join(at.directory, "password")
  writeFileSync(passwords, postgresPassword, { mode: 0o644 })
  const words = ["-A", "scram-sha-256", "--pwfile", passwords, "-N", "-E", "UTF8"]
  yield* Effect.orDie(runPostgres(at, "initdb", "-D", join(at.directory, "data"), "-U", "postgres", ...words))
  return at
})

/** A server that has all that the one behind that port has, and gets through that port what it is given later. */
export const postgresStandby = (primary: number): Effect.Effect<Server, never, Scope.Scope> =>
  Effect.gen(function* () {
    const at = yield* place
    chmodSync(at.directory, 0o777)
    const promptly = ["-c", "fast", "-X", "fetch", "--no-sync"]
    const from = ["-h", "127.0.0.1", "-p", `${primary}`, "-U", "postgres"]
    yield* Effect.orDie(runPostgres(at, "pg_basebackup", ...from, "-D", join(at.directory, "data"), "-R", ...promptly))
    return yield* postgresIn(at)
  })

interface Starting {
  readonly settings?: ReadonlyArray<string>
  /** A program that starts it, such as `nsenter`. */
  readonly through?: ReadonlyArray<string>
  readonly address?: string
}

/** Where one was before, with what it left on its disk. It is reached through the socket in its directory, too. */
export const postgresIn = (
  at: Omit<Server, "process">,
  { address = "127.0.0.1", settings = [], through = [] }: Starting = {}
): Effect.Effect<Server, never, Scope.Scope> => {
  const { directory, port } = at
  const own = ["-D", join(directory, "data"), "-p", `${port}`, "-k", directory, "-c", `listen_addresses=${address}`]
  const words = postgresWords("postgres", ...own, ...settings.flatMap((setting) => ["-c", setting]))
  const isReady = runPostgres(at, "pg_isready", "-h", directory, "-p", `${port}`)
  return started([...through, ...words], at, "SIGINT", () => isReady)
}
