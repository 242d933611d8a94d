/** An endpoint without a typed call, through the authenticated client; errors by tag, with their hints. */
import { HttpClientResponse } from "@effect/platform"
import { Console, Effect, Layer, Schema } from "effect"
import {
  type AuthenticationFailed,
  MixpanelHttpClient,
  Project,
  ProjectId,
  type Session,
  SessionResolver
} from "effect-mixpanel"
import { layer } from "effect-mixpanel/node"
import { sandbox } from "./support/sandbox.ts"

const Annotations = Schema.Struct({
  results: Schema.Array(Schema.Struct({ date: Schema.String, description: Schema.String }))
})

const annotations = (session: Session) =>
  Effect.gen(function* () {
    const mixpanel = yield* MixpanelHttpClient
    const app = yield* mixpanel.forSession(session, "app")
    const response = yield* app.get(`/projects/${session.projectId}/annotations`)
    const { results } = yield* HttpClientResponse.schemaBodyJson(Annotations)(response)
    return results
  })

const explain = ({ code, hints, message }: AuthenticationFailed) =>
  Effect.gen(function* () {
    yield* Console.log(`${code}: ${message}`)
    yield* Effect.forEach(hints, (hint) => Console.log(`  try: ${hint}`))
    return []
  })

const program = Effect.gen(function* () {
  const resolver = yield* SessionResolver
  const session = yield* resolver.session()
  const [first] = yield* annotations(session)
  yield* Console.log(`The first annotation: ${first?.description}, ${first?.date}`)

  const foreign = session.replace({ project: new Project({ id: ProjectId.make("4100077") }) })
  yield* annotations(foreign).pipe(
    Effect.catchTags({
      AuthenticationFailed: explain,
      RateLimited: ({ hints }) => Effect.as(Console.log(...hints), [])
    })
  )
})

await Effect.runPromise(Effect.provide(program, Layer.provideMerge(layer, sandbox())))
