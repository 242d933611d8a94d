/** Many projects at once from one session: a session is a value, so each fiber has its own copy. */
import { Console, Effect, Layer } from "effect"
import { Mixpanel, type Project, type Session, SessionResolver } from "effect-mixpanel"
import { layer } from "effect-mixpanel/node"
import { sandbox } from "./support/sandbox.ts"

const eventsOf = (session: Session, project: Project) =>
  Effect.gen(function* () {
    const mixpanel = yield* Mixpanel
    const events = yield* mixpanel.events(session.replace({ project }))
    return { project, events }
  })

const program = Effect.gen(function* () {
  const resolver = yield* SessionResolver
  const mixpanel = yield* Mixpanel
  const session = yield* resolver.session()
  const projects = yield* mixpanel.projects(session)
  const found = yield* Effect.forEach(projects, (project) => eventsOf(session, project), { concurrency: 8 })
  yield* Effect.forEach(found, ({ events, project }) => Console.log(`${project.id}: ${events.join(", ")}`))
})

await Effect.runPromise(Effect.provide(program, Layer.provideMerge(layer, sandbox())))
