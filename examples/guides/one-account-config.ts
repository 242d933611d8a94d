import { FetchHttpClient } from "@effect/platform"
import { Config, Console, Effect, Layer } from "effect"
import { CurrentSession, layerConfig, Mixpanel } from "effect-mixpanel"

const mixpanel = layerConfig({
  username: Config.string("MIXPANEL_USERNAME"),
  secret: Config.redacted("MIXPANEL_SECRET"),
  region: Config.string("MIXPANEL_REGION"),
  project: Config.string("MIXPANEL_PROJECT")
}).pipe(Layer.provide(FetchHttpClient.layer))

const program = Effect.gen(function* () {
  const session = yield* Effect.flatMap(CurrentSession, ({ get }) => get)
  const names = yield* Effect.flatMap(Mixpanel, ({ events }) => events(session))
  yield* Console.log(names)
})

await Effect.runPromise(Effect.provide(program, mixpanel))
