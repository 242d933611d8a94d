/**
 * A worker that SIGTERM ends: the job under way is finished, with its requests and a refresh that they may need; then the
 * services are closed, and the process ends with 0. What a job does between two requests is interrupted only if you let it.
 */
import { NodeRuntime } from "@effect/platform-node"
import { Console, Effect, Layer, Schedule } from "effect"
import { Mixpanel, SessionResolver } from "effect-mixpanel"
import { layer } from "effect-mixpanel/node"
import { sandbox } from "./support/sandbox.ts"

/** The orchestrator, in place of yours: it wants this process to end while a request is under way. */
const orchestrator = Effect.sync(() => process.kill(process.pid, "SIGTERM"))

const job = Effect.gen(function* () {
  const resolver = yield* SessionResolver
  const mixpanel = yield* Mixpanel
  const session = yield* resolver.session()
  const [events] = yield* Effect.all([mixpanel.events(session), orchestrator], { concurrency: 2 })
  yield* Console.log(`job done: ${events.length} events`)
})

/** A job is done or not begun. */
const worker = Effect.repeat(Effect.uninterruptible(job), Schedule.spaced("10 seconds"))

const closing = Layer.scopedDiscard(Effect.addFinalizer(() => Console.log("services closed")))

const services = Layer.provideMerge(layer, closing).pipe(
  Layer.provideMerge(sandbox({ faults: [{ path: "/api/query/events", delayMillis: 500 }] }))
)

// `runMain` interrupts the worker on SIGTERM and SIGINT, and waits for its end.
NodeRuntime.runMain(Effect.provide(worker, services))
