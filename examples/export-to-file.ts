/** The events of a day into a file, one by one: a day of any size needs no more memory than a small one. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { Console, Effect, Layer, Stream } from "effect"
import { Mixpanel, SessionResolver } from "effect-mixpanel"
import { layer } from "effect-mixpanel/node"
import { sandbox } from "./support/sandbox.ts"

const program = Effect.gen(function* () {
  const files = yield* FileSystem.FileSystem
  const mixpanel = yield* Mixpanel
  const session = yield* Effect.flatMap(SessionResolver, (resolver) => resolver.session())
  const path = yield* files.makeTempFileScoped({ suffix: ".ndjson" })
  yield* mixpanel.export(session, { from: "2026-01-01", to: "2026-01-01", events: ["Login"] }).pipe(
    Stream.map((event) => `${JSON.stringify(event)}\n`),
    Stream.encodeText,
    Stream.run(files.sink(path))
  )
  const { size } = yield* files.stat(path)
  yield* Console.log(`${size} bytes of events were written.`)
}).pipe(Effect.scoped)

const services = Layer.merge(layer, NodeContext.layer)

await Effect.runPromise(Effect.provide(program, Layer.provideMerge(services, sandbox())))
