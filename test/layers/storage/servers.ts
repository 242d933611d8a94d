/** A Redis and a Postgres that belong to a test: each on a free port, in a directory of its own, gone afterwards. */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { chmodSync, writeFileSync } from "node:fs"
import { connect } from "node:net"
import { join } from "node:path"
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
  signal: NodeJS.Signals
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
    yield* Effect.orDie(
      Effect.retry(listening(at.port, server), { schedule: Schedule.spaced("20 millis"), times: 1500 })
    )
    return { ...at, process: server }
  })

/** With settings such as `--requirepass`. */
export const redisServer = (...settings: ReadonlyArray<string>): Effect.Effect<Server, never, Scope.Scope> =>
  Effect.gen(function* () {
    return yield* redisIn({ directory: yield* temporaryDirectory, port: yield* freePort }, ...settings)
  })

/** Where one was before, with what it left on its disk. */
export const redisIn = (
  { directory, port }: Omit<Server, "process">,
  ...settings: ReadonlyArray<string>
): Effect.Effect<Server, never, Scope.Scope> =>
  Effect.gen(function* () {
    const words = ["redis-server", "--port", `${port}`, "--bind", "127.0.0.1", "--dir", directory, "--save", ""]
    return yield* started([...words, "--appendonly", "yes", ...settings], { port, directory }, "SIGTERM")
  })

/** The password of the user `postgres` of every server. */
export const postgresPassword = "one-of-a-test"

export const postgresServer = (...settings: ReadonlyArray<string>): Effect.Effect<Server, never, Scope.Scope> =>
  Effect.gen(function* () {
    const directory = yield* temporaryDirectory
    const port = yield* freePort
    const as = process.getuid?.() === 0 ? asPostgres : []
    const program = (name: string) => join(postgresPrograms() ?? "", name)
    const data = join(directory, "data")
    const run = (...words: ReadonlyArray<string>) => {
      const [first = "", ...args] = [...as, ...words]
      execFileSync(first, args, { stdio: "ignore", cwd: directory })
    }
    chmodSync(directory, 0o777)
    const passwords = join(directory, "password")
    writeFileSync(passwords, postgresPassword, { mode: 0o644 })
    run(
      program("initdb"),
      "-D",
      data,
      "-U",
      "postgres",
      "-A",
      "scram-sha-256",
      "--pwfile",
      passwords,
      "-N",
      "-E",
      "UTF8"
    )
    const words = [
      program("postgres"),
      "-D",
      data,
      "-p",
      `${port}`,
      "-k",
      directory,
      "-c",
      "listen_addresses=127.0.0.1"
    ]
    const all = [...as, ...words, ...settings.flatMap((setting) => ["-c", setting])]
    const server = yield* started(all, { port, directory }, "SIGINT")
    const isReady = Effect.try(() => run(program("pg_isready"), "-h", "127.0.0.1", "-p", `${port}`))
    yield* Effect.orDie(Effect.retry(isReady, { schedule: Schedule.spaced("50 millis"), times: 400 }))
    return server
  })
