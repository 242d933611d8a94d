/**
 * Three replicas of `server.ts` on a Postgres of their own, with a sandbox for Mixpanel, a program for the person, and the
 * logins of 10,000 other tenants in the table:
 *
 *     npx tsx examples/tenants/demo.ts
 *
 * Where PostgreSQL is not installed, nothing is shown.
 */
import { fileURLToPath } from "node:url"
import { Command, FetchHttpClient, HttpClient } from "@effect/platform"
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { ConfigProvider, Console, Effect, Encoding, Fiber, Layer, Option, Schedule } from "effect"
import { AccountName, OAuthTokens, TokenStore } from "effect-mixpanel"
import { Sandbox } from "effect-mixpanel/testing"
import { DemoFailed } from "./DemoFailed.ts"
import { postgres } from "./postgres.ts"
import { migrate, start } from "./replicas.ts"
import { freePort } from "../support/freePort.ts"
import { seed } from "./seed.ts"
import { services } from "./services.ts"

const others = 10_000
const tenants = ["acme", "bolt", "crane", "delta", "ember", "forge"].map((name) => AccountName.make(name))
const person = fileURLToPath(new URL("../from-python/person.mjs", import.meta.url))

const fail = (message: string) => Effect.fail(new DemoFailed({ message }))

const expect = (what: string, found: number, wanted: number) =>
  found === wanted ? Effect.void : fail(`${what}: ${found}, and not ${wanted}`)

/** As if time had passed, so that the bearers end at `end`. */
const bearersEndAt = (end: number) =>
  Effect.forEach(
    tenants,
    (name) =>
      Effect.gen(function* () {
        const store = yield* TokenStore
        const { tokens, version } = yield* Effect.flatten(store.stored(name))
        yield* store.replace(name, version, new OAuthTokens({ ...tokens, expiresAt: Option.some(end) }))
      }),
    { discard: true }
  )

/** Fails until what came of all refreshes is stored. */
const bearersEndAfter = (end: number) =>
  Effect.gen(function* () {
    const store = yield* TokenStore
    const all = yield* Effect.forEach(tenants, (name) => Effect.flatten(store.get(name)))
    const renewed = all.filter(({ expiresAt }) => Option.exists(expiresAt, (at) => at > end + 60_000))
    yield* expect("logins renewed", renewed.length, tenants.length)
  })

/** Every tenant asks each of these replicas, so many times. */
const ask = (urls: ReadonlyArray<string>, times: number) =>
  Effect.gen(function* () {
    const each = urls.flatMap((url) => tenants.map((name) => `${url}/${name}/projects/3018488/events`))
    const asked = Array.from({ length: times }, () => each).flat()
    const answer = (url: string) =>
      Effect.flatMap(HttpClient.get(url), ({ status, text }) => Effect.map(text, (body) => `${status} ${body}`))
    const answers = yield* Effect.forEach(asked, answer, { concurrency: 36 })
    const wrong = answers.find((text) => !text.startsWith('200 ["'))
    return wrong === undefined ? answers.length : yield* fail(`a tenant was told: ${wrong}`)
  })

const demonstration = (mixpanel: Sandbox.SandboxServer, env: Readonly<Record<string, string>>) =>
  Effect.gen(function* () {
    const [first = 0, second = 0, third = 0] = yield* Effect.replicateEffect(freePort, 3)
    const shared = { ...env, PUBLIC_URL: `http://localhost:${second}` }
    const starting = [start(first, shared), start(second, shared), start(third, shared)] as const
    const [one, two, three] = yield* Effect.all(starting, { concurrency: 3 })
    const replicas = [one.url, two.url, three.url]

    const refreshes = Effect.map(
      mixpanel.requests,
      (requests) => requests.filter(({ body }) => body.includes("grant_type=refresh_token")).length
    )
    /** A login is refreshed once in each round, by whichever replica it is. */
    let rounds = 0
    const report = (what: string, answered: number) =>
      Effect.gen(function* () {
        yield* expect(`${what}, refreshes so far`, yield* refreshes, rounds * tenants.length)
        yield* Console.log(`${what}: ${answered} requests answered, ${rounds} × ${tenants.length} refreshes so far`)
      })

    // The first replica leads the browser to Mixpanel, and the way back ends at the second.
    const connect = (name: AccountName) =>
      Command.exitCode(Command.make(process.execPath, person, `${one.url}/${name}/connect`))
    yield* Effect.forEach(tenants, connect, { concurrency: 3, discard: true })
    yield* report("connected", yield* ask(replicas, 1))

    while (rounds < 2) {
      yield* bearersEndAt(Date.now())
      rounds += 1
      yield* report(`expiry ${rounds}`, yield* ask(replicas, 4))
    }

    const soon = Date.now() + 120_000
    yield* bearersEndAt(soon)
    rounds += 1
    const early = yield* ask(replicas, 1)
    yield* Effect.retry(bearersEndAfter(soon), { schedule: Schedule.spaced("100 millis"), times: 150 })
    yield* report("renewed before the end", early)

    yield* bearersEndAt(Date.now())
    rounds += 1
    yield* mixpanel.script({ path: "/oauth/token", delayMillis: 1000, times: tenants.length })
    const asking = yield* Effect.fork(ask([three.url], 1))
    const underWay = Effect.flatMap(refreshes, (made) => expect("refreshes under way", made, rounds * tenants.length))
    yield* Effect.retry(underWay, { schedule: Schedule.spaced("20 millis"), times: 1500 })
    const waiting = yield* Effect.fork(ask([one.url, two.url], 1))
    const code = yield* three.end
    yield* expect("exit code of the replica", code, 0)
    const answered = (yield* Fiber.join(asking)) + (yield* Fiber.join(waiting))
    yield* report("a replica ended by SIGTERM while it refreshed", answered)
    const again = yield* start(third, shared)
    yield* report("the replica started again", yield* ask([one.url, two.url, again.url], 1))

    const codes = yield* Effect.all([one.end, two.end, again.end], { concurrency: 3 })
    yield* Console.log(`ended with ${codes.join(", ")}`)
  })

const program = Effect.gen(function* () {
  const address = yield* postgres
  if (Option.isNone(address)) return yield* Console.log("Skipped: no PostgreSQL is installed here.")
  const mixpanel = yield* Sandbox.start()
  const secret = (encode: typeof Encoding.encodeBase64) => encode(crypto.getRandomValues(new Uint8Array(32)))
  const env = {
    ...mixpanel.environment,
    DATABASE_URL: address.value,
    MP_STORE_KEY: `k1:${secret(Encoding.encodeBase64)}`,
    COOKIE_KEY: secret(Encoding.encodeBase64Url),
    // The demonstration changes the clock of logins behind the replicas' backs.
    BEARER_CACHE: "0 seconds",
    // It asks one project more than Mixpanel lets anybody ask in an hour.
    QUERY_BUDGET: "off"
  }
  yield* migrate(env)
  const here = Layer.setConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(env))))
  yield* Effect.zipRight(seed(others), demonstration(mixpanel, env)).pipe(Effect.provide(Layer.provide(services, here)))
})

NodeRuntime.runMain(program.pipe(Effect.scoped, Effect.provide([NodeContext.layer, FetchHttpClient.layer])))
