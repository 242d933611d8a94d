import { FetchHttpClient } from "@effect/platform"
import { Config, Console, Effect, Layer } from "effect"
import { AccountName, Mixpanel, Project, ProjectId, ServiceAccount, Session, stateless } from "effect-mixpanel"

const program = Effect.gen(function* () {
  const mixpanel = yield* Mixpanel
  const account = new ServiceAccount({
    name: AccountName.make("acme"),
    region: "us",
    username: yield* Config.string("MP_USERNAME"),
    secret: yield* Config.redacted("MP_SECRET")
  })
  const session = new Session({ account, project: new Project({ id: ProjectId.make("3018488") }) })
  yield* Console.log("Events of acme:", yield* mixpanel.events(session))
})

await Effect.runPromise(Effect.provide(program, Layer.provide(stateless, FetchHttpClient.layer)))
