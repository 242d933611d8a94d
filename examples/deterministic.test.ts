/** Tests without a world: configuration, variables, HTTP and time are all given. */
import { expect, it } from "@effect/vitest"
import { Effect, Equal, Exit, Fiber, Option, Redacted, TestClock } from "effect"
import { AccountName, Accounts, Mixpanel, ServiceAccount, SessionResolver, TokenResolver } from "effect-mixpanel"
import { layer, MemoryStorage, ScriptedHttp } from "effect-mixpanel/testing"

const config = `
[active]
account = "team"

[accounts.team]
type = "service_account"
region = "eu"
default_project = "4100077"
username = "team.292e7c.mp-service-account"
secret = "not-a-secret"

[accounts.jo]
type = "oauth_browser"
region = "us"
default_project = "3018488"
`

const tokens = JSON.stringify({
  access_token: "bearer-of-jo",
  expires_at: "1970-01-01T01:00:00+00:00",
  scope: "projects",
  token_type: "Bearer"
})

const files = { "~/.mp/config.toml": config, "~/.mp/accounts/jo/tokens.json": tokens }

const events = Effect.gen(function* () {
  const resolver = yield* SessionResolver
  const mixpanel = yield* Mixpanel
  return yield* mixpanel.events(yield* resolver.session())
})

it.effect("asks the region of the account, once", () =>
  Effect.gen(function* () {
    expect(yield* events).toEqual(["Login", "Sign Up"])
    const { requests } = yield* ScriptedHttp
    expect((yield* requests).map(({ url }) => new URL(url).host)).toEqual(["eu.mixpanel.com"])
  }).pipe(Effect.provide(layer({ files, http: () => ({ body: ["Login", "Sign Up"] }) })))
)

it.effect("a variable comes before the file", () =>
  Effect.gen(function* () {
    const session = yield* Effect.flatMap(SessionResolver, (resolver) => resolver.session())
    expect(session.projectId).toBe("3713224")
  }).pipe(Effect.provide(layer({ files, environment: { MP_PROJECT_ID: "3713224" } })))
)

it.effect("waits as long as Retry-After says, on the test's clock", () => {
  let asked = 0
  const http = () =>
    asked++ === 0
      ? { status: 429, headers: { "retry-after": "30" }, body: { error: "slow down" } }
      : { body: ["Login"] }
  return Effect.gen(function* () {
    const running = yield* Effect.fork(events)
    yield* TestClock.adjust("29 seconds")
    expect(Option.isNone(yield* Fiber.poll(running))).toBe(true)
    yield* TestClock.adjust("1 second")
    expect(yield* Fiber.join(running)).toEqual(["Login"])
  }).pipe(Effect.provide(layer({ files, http })))
})

it.effect("a bearer is used until 30 s before it expires", () =>
  Effect.gen(function* () {
    const resolver = yield* SessionResolver
    const bearers = yield* TokenResolver
    const { account, origin } = yield* resolver.session({ account: "jo" })
    if (account.type === "service_account") return expect.fail("jo logs in through the browser")
    const bearer = bearers.bearer(account, origin)
    yield* TestClock.adjust("59 minutes")
    expect(Redacted.value((yield* bearer).token)).toBe("bearer-of-jo")
    yield* TestClock.adjust("31 seconds")
    expect(Exit.isFailure(yield* Effect.exit(bearer))).toBe(true)
  }).pipe(Effect.provide(layer({ files })))
)

it.effect("replicas over one storage have the same accounts, and no files", () => {
  const rows: MemoryStorage.Rows = new Map()
  const replica = () => layer({ credentialStorage: MemoryStorage.layerOver(rows) })
  const name = AccountName.make("acme")
  const secret = Redacted.make("not-a-secret")
  const account = new ServiceAccount({ name, region: "us", username: "acme.292e7c.mp-service-account", secret })
  return Effect.gen(function* () {
    yield* Effect.flatMap(Accounts, ({ add }) => add(account)).pipe(Effect.provide(replica()))
    const found = yield* Effect.flatMap(Accounts, ({ get }) => get(name)).pipe(Effect.provide(replica()))
    expect(Equal.equals(found, account)).toBe(true)
  })
})
