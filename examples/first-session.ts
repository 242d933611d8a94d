import { Console, Effect } from "effect"
import { Mixpanel, SessionResolver } from "effect-mixpanel"
import { layer } from "effect-mixpanel/node"

const program = Effect.gen(function* () {
  const resolver = yield* SessionResolver
  const mixpanel = yield* Mixpanel
  const session = yield* resolver.session()
  const { values } = yield* mixpanel.segmentation(session, { event: "Login", from: "2026-01-01", to: "2026-01-07" })
  yield* Console.log(`Logins of project ${session.projectId}:`, values["Login"])
})

await Effect.runPromise(Effect.provide(program, layer))
