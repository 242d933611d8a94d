/** Events of one project into another, in batches that the server reports on. */
import { Console, Effect, Layer, Stream } from "effect"
import { Mixpanel, Project, ProjectId, type Session, SessionResolver } from "effect-mixpanel"
import { layer } from "effect-mixpanel/node"
import { sandbox } from "./support/sandbox.ts"

/** However many there are, a few batches are in memory; what the server refuses is in the report of its batch. */
const copy = (source: Session, target: Session) =>
  Stream.unwrap(
    Effect.map(Mixpanel, (mixpanel) => {
      const events = mixpanel.export(source, { from: "2026-01-01", to: "2026-01-31" })
      return mixpanel.import(target, events, { concurrency: 4 })
    })
  )

const program = Effect.gen(function* () {
  const source = yield* Effect.flatMap(SessionResolver, (resolver) => resolver.session())
  const target = source.replace({ project: new Project({ id: ProjectId.make("3713224") }) })
  yield* Stream.runForEach(copy(source, target), ({ accepted, failedRecords, sent }) =>
    Console.log(`${accepted} of ${sent} events accepted, ${failedRecords.length} refused`)
  )
})

await Effect.runPromise(Effect.provide(program, Layer.provideMerge(layer, sandbox())))
