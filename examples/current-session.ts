/** One session that moves: switched in place, watched from elsewhere, and copied for work in parallel. */
import { Console, Effect, Fiber, Layer, Stream } from "effect"
import { CurrentSession, Discovery, Mixpanel, type Session } from "effect-mixpanel"
import { layer } from "effect-mixpanel/node"
import { sandbox } from "./support/sandbox.ts"

const name = ({ account, projectId }: Session) => `${account.name} in project ${projectId}`

/** In turn: each switch replaces the session for everyone who asks from then on. */
const inTurn = Effect.gen(function* () {
  const current = yield* CurrentSession
  const mixpanel = yield* Mixpanel
  for (const project of ["3018488", "3713224"]) {
    const session = yield* current.use({ project })
    const events = yield* mixpanel.events(session)
    yield* Console.log(`${project} has ${events.length} events`)
  }
})

/** In parallel: a snapshot is a value, and no switch reaches it. */
const inParallel = Effect.gen(function* () {
  const current = yield* CurrentSession
  const discovery = yield* Discovery
  const snapshot = yield* current.get
  const projects = yield* discovery.projects(snapshot)
  const workspaces = yield* Effect.forEach(
    projects,
    (project) => discovery.resolveWorkspace(snapshot.replace({ project })),
    { concurrency: 8 }
  )
  yield* Console.log(`workspaces: ${workspaces.map(({ id }) => id).join(", ")}`)
})

const program = Effect.gen(function* () {
  const current = yield* CurrentSession
  const watching = yield* current.changes.pipe(
    Stream.runForEach((session) => Console.log(`now ${name(session)}`)),
    Effect.fork
  )
  yield* Effect.yieldNow()
  yield* inTurn
  yield* inParallel
  const refused = yield* Effect.flip(current.use({ account: "nobody" }))
  yield* Console.log(`${refused.code}; still ${name(yield* current.get)}`)
  yield* Fiber.interrupt(watching)
})

const machine = Layer.provideMerge(layer, sandbox())
await Effect.runPromise(Effect.provide(program, Layer.provideMerge(CurrentSession.layer(), machine)))
