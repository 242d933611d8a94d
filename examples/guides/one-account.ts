import { Console, Effect } from "effect"
import { Mixpanel, SessionResolver } from "effect-mixpanel"
import { layer } from "effect-mixpanel/node"

const logins = Effect.gen(function* () {
  const resolver = yield* SessionResolver
  const mixpanel = yield* Mixpanel
  const session = yield* resolver.session()
  const { values } = yield* mixpanel.segmentation(session, { event: "Login", from: "2026-01-01", to: "2026-01-07" })
  return values["Login"] ?? {}
})

const program = logins.pipe(
  Effect.flatMap((byDay) => Console.log(byDay)),
  Effect.catchTags({
    NoAccount: ({ message }) => Console.error(message),
    AuthenticationFailed: ({ details, message }) => Console.error(message, details.fix ?? ""),
    RateLimited: ({ retryAfterSeconds }) => Console.error("asked too often; try again after", retryAfterSeconds)
  })
)

await Effect.runPromise(Effect.provide(program, layer))
