/**
 * `server.ts` with a sandbox for Mixpanel and a program for the person:
 *
 *     npx tsx examples/web-login/demo.ts
 */
import { fileURLToPath } from "node:url"
import { Command, FetchHttpClient, FileSystem, HttpClient } from "@effect/platform"
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { Console, Deferred, Effect, Encoding, Stream } from "effect"
import { Sandbox } from "effect-mixpanel/testing"
import { freePort } from "../support/freePort.ts"

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))

const program = Effect.gen(function* () {
  const port = yield* freePort
  const url = `http://localhost:${port}`
  const mixpanel = yield* Sandbox.start()
  const files = yield* FileSystem.FileSystem
  const server = yield* Command.make(process.execPath, ...process.execArgv, here("server.ts")).pipe(
    Command.env({
      ...mixpanel.environment,
      MP_STORAGE_DIR: yield* files.makeTempDirectoryScoped(),
      COOKIE_KEY: Encoding.encodeBase64Url(crypto.getRandomValues(new Uint8Array(32))),
      PUBLIC_URL: url,
      PORT: `${port}`
    }),
    Command.start
  )
  const listening = yield* Deferred.make<void>()
  yield* server.stdout.pipe(
    Stream.decodeText(),
    Stream.splitLines,
    Stream.tap((line) => Console.log(line)),
    Stream.runForEach((line) => (line.includes("Listening") ? Deferred.succeed(listening, undefined) : Effect.void)),
    Effect.forkScoped
  )
  const ended = Effect.flatMap(server.exitCode, (code) => Effect.dieMessage(`The server ended with ${code}.`))
  yield* Effect.raceFirst(Deferred.await(listening), ended)
  yield* Command.exitCode(Command.make(process.execPath, here("../from-python/person.mjs"), `${url}/acme/connect`))
  const page = yield* Effect.flatMap(HttpClient.get(`${url}/acme`), (response) => response.text)
  yield* Console.log(page.replace(/<[^>]*>/g, " "))
})

NodeRuntime.runMain(program.pipe(Effect.scoped, Effect.provide([NodeContext.layer, FetchHttpClient.layer])))
