/** Processes of `server.ts`, each of which can be ended and started again at its address. */
import { fileURLToPath } from "node:url"
import { Command } from "@effect/platform"
import { Deferred, Effect, Stream } from "effect"
import { DemoFailed } from "./DemoFailed.ts"

const program = (name: string) =>
  Command.make(process.execPath, ...process.execArgv, fileURLToPath(new URL(name, import.meta.url)))

export const migrate = (env: Readonly<Record<string, string>>) =>
  Effect.flatMap(Command.exitCode(Command.env(program("migrate.ts"), env)), (code) =>
    code === 0 ? Effect.void : new DemoFailed({ message: `migrate.ts ended with ${code}.` })
  )

/** Answers when it listens; `end` is SIGTERM, and answers with the code of its exit. */
export const start = (port: number, env: Readonly<Record<string, string>>) =>
  Effect.gen(function* () {
    const server = yield* Command.start(Command.env(program("server.ts"), { ...env, PORT: `${port}` }))
    const listening = yield* Deferred.make<void>()
    const said: Array<string> = []
    yield* Stream.merge(server.stdout, server.stderr).pipe(
      Stream.decodeText(),
      Stream.splitLines,
      Stream.runForEach((line) => {
        said.push(line)
        return line.includes("Listening") ? Deferred.succeed(listening, undefined) : Effect.void
      }),
      Effect.forkScoped
    )
    const ended = Effect.flatMap(
      server.exitCode,
      (code) => new DemoFailed({ message: `A replica ended with ${code}:\n${said.join("\n")}` })
    )
    yield* Effect.raceFirst(Deferred.await(listening), ended)
    return { url: `http://localhost:${port}`, end: Effect.zipRight(server.kill("SIGTERM"), server.exitCode) }
  })
