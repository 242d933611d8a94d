import { expect, it } from "@effect/vitest"
import { Effect, Fiber, TestClock } from "effect"
import { Mixpanel, SessionResolver } from "effect-mixpanel"
import { layer, ScriptedFailure, ScriptedHttp } from "effect-mixpanel/testing"

const config = `
[active]
account = "team"

[accounts.team]
type = "service_account"
region = "eu"
default_project = "4100077"
username = "team.292e7c.mp-service-account"
secret = "not-a-secret"
`

const files = { "~/.mp/config.toml": config }

/** What you test. */
const events = Effect.gen(function* () {
  const session = yield* Effect.flatMap(SessionResolver, (resolver) => resolver.session())
  return yield* Effect.flatMap(Mixpanel, (mixpanel) => mixpanel.events(session))
})

it.effect("asks the host of the region", () =>
  Effect.gen(function* () {
    expect(yield* events).toEqual(["Login"])
    const [request] = yield* Effect.flatMap(ScriptedHttp, ({ requests }) => requests)
    expect(request?.url).toMatch(/^https:\/\/eu\.mixpanel\.com\//)
  }).pipe(Effect.provide(layer({ files, http: () => ({ body: ["Login"] }) })))
)

it.effect("tries again when the network fails, and no time passes", () => {
  let attempts = 0
  const http = () => (attempts++ < 2 ? new ScriptedFailure({ code: "ECONNRESET" }) : { body: ["Login"] })
  return Effect.gen(function* () {
    const running = yield* Effect.fork(events)
    yield* TestClock.adjust("1 minute")
    expect(yield* Fiber.join(running)).toEqual(["Login"])
    expect(attempts).toBe(3)
  }).pipe(Effect.provide(layer({ files, http })))
})

it.effect("an error is a value", () =>
  Effect.gen(function* () {
    const error = yield* Effect.flip(events)
    expect(error).toMatchObject({ _tag: "AuthenticationFailed", code: "AUTH_FAILED" })
  }).pipe(Effect.provide(layer({ files, http: () => ({ status: 401, body: { error: "no" } }) })))
)
