/**
 * Logins on an engine that machines share: a fresh bearer, a renewal beyond the server's own time, many renewals at once, and
 * the entries of 10,000 tenants, sealed, on a Redis with `appendonly` and on a Postgres with its usual settings. What a row
 * must not exceed is what the prototype of the design took (its medians).
 */
import { PgClient } from "@effect/sql-pg"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { Redis } from "ioredis"
import { Client } from "pg"
import {
  AccountName,
  CredentialStorage,
  OAuthBrowserAccount,
  OAuthTokens,
  TokenResolver,
  TokenSettings,
  TokenStore
} from "../dist/index.js"
import { layerWith } from "../dist/node.js"
import { layer as redisStore } from "../dist/redis.js"
import { layer as sqlStore, migrationText } from "../dist/sql.js"
import { placeOf, withPostgres, withRedis } from "./engines.mjs"
import { withHome } from "./machine.mjs"
import { rowWithout } from "./pairs.mjs"
import { tokenMillis, withServer } from "./server.mjs"

const asks = 2000
const renewals = 100
const many = 1000
const atOnce = 100
const tenants = 10_000

const sharing = { namespace: "bench", keys: Redacted.make(`k1:${Buffer.alloc(32, 7).toString("base64")}`) }

const onRedis = (use) =>
  withRedis(async (port) => {
    const client = new Redis(port, "127.0.0.1")
    const info = async (name) => Number(new RegExp(`^${name}:(\\d+)`, "m").exec(await client.info())?.[1])
    try {
      return await use({
        storage: redisStore({ ...sharing, url: Redacted.make(`redis://127.0.0.1:${port}`) }),
        bare: () => client.hmget("bench:nobody", "version", "data"),
        /** Commands so far, without those that ask for it. */
        steps: () => info("total_commands_processed"),
        bytes: () => info("used_memory")
      })
    } finally {
      client.disconnect()
    }
  })

const onPostgres = (use) =>
  withPostgres(async (port) => {
    const client = PgClient.layer({
      host: "127.0.0.1",
      port,
      username: "postgres",
      database: "postgres",
      maxConnections: 10
    })
    const runtime = ManagedRuntime.make(client)
    const { unsafe } = await runtime.runPromise(PgClient.PgClient)
    const value = async (text) => Number(Object.values((await runtime.runPromise(unsafe(text)))[0])[0])
    const { query } = Client.prototype
    let sent = 0
    Client.prototype.query = function (...words) {
      sent += 1
      return query.apply(this, words)
    }
    try {
      await runtime.runPromise(unsafe(migrationText))
      return await use({
        storage: Layer.provide(sqlStore(sharing), client),
        bare: () =>
          runtime.runPromise(
            unsafe("SELECT value FROM mixpanel_credentials WHERE namespace = 'bench' AND key = 'nobody'")
          ),
        steps: async () => sent,
        bytes: () => value("SELECT pg_total_relation_size('mixpanel_credentials')")
      })
    } finally {
      Client.prototype.query = query
      await runtime.dispose()
    }
  })

const engines = [
  {
    name: "Redis",
    programs: ["redis-server"],
    on: onRedis,
    must: { stored: 0.45, memory: 0.04, renewal: 4.5, perRenewal: 1000 / 501, write: 4100, list: 125, megabytes: 7.5 }
  },
  {
    name: "Postgres",
    programs: ["initdb", "postgres"],
    on: onPostgres,
    must: { stored: 0.62, memory: 0.04, renewal: 11, perRenewal: 1000 / 111, write: 24_000, list: 57, megabytes: 6 }
  }
]

const accountOf = (n) => new OAuthBrowserAccount({ name: AccountName.make(`tenant-${n}`), region: "us" })

const tokensOf = (n, expiresAt) =>
  new OAuthTokens({
    accessToken: Redacted.make(`access-token-of-tenant-${n}`),
    refreshToken: Option.some(Redacted.make(`refresh-token-of-tenant-${n}`)),
    expiresAt: Option.some(expiresAt),
    tokenType: "Bearer",
    scope: "projects analysis events insights segmentation retention data:read funnels flows",
    clientId: Option.some("client-of-the-benchmark"),
    session: Option.none(),
    origin: Option.none()
  })

const numbers = (from, count) => Array.from({ length: count }, (_, index) => from + index)
const inHours = (hours) => Date.now() + hours * 3_600_000

const put = (n, expiresAt) =>
  Effect.flatMap(TokenStore, (store) => store.put(accountOf(n).name, tokensOf(n, expiresAt)))
const bearer = (n) => Effect.flatMap(TokenResolver, (resolver) => resolver.bearer(accountOf(n), "given"))

/** Milliseconds of each, one after the other, sorted. */
const timesOf = (effects) =>
  Effect.gen(function* () {
    const found = []
    for (const effect of effects) {
      const start = performance.now()
      yield* effect
      found.push(performance.now() - start)
    }
    return found.toSorted((a, b) => a - b)
  })

const timeOf = (effect) => Effect.map(timesOf([effect]), ([took]) => took)
const part = (sorted, share) => sorted[Math.floor(sorted.length * share)]
const inMillis = (value) => `${value.toPrecision(3)} ms`

const runtimeOn = (storage, cacheFor) =>
  ManagedRuntime.make(
    layerWith({ credentialStorage: storage }).pipe(
      Layer.provide(Layer.succeed(TokenSettings, { lease: "20 seconds", cacheFor, renewBefore: "never" }))
    )
  )

const measured = async ({ must, name }, { bare, bytes, steps, storage }) => {
  const millis = (goal, sorted, most, note = "") => ({
    goal: `${goal}, ${name}`,
    value: part(sorted, 0.5),
    unit: "ms",
    must: most,
    aim: null,
    note: `median; 99 % in ${inMillis(part(sorted, 0.99))}${note}`
  })
  const asking = runtimeOn(storage, "0 seconds")
  const remembering = runtimeOn(storage, "60 seconds")
  const run = (effect) => asking.runPromise(effect)
  const repeated = (effect) => timesOf(Array.from({ length: asks }, () => effect))
  try {
    await run(put(0, inHours(1)))
    await run(repeated(bearer(0)))
    await remembering.runPromise(repeated(bearer(0)))
    await run(repeated(Effect.promise(bare)))
    const trip = part(await run(repeated(Effect.promise(bare))), 0.5)
    const before = await steps()
    const nothing = (await steps()) - before
    const stored = await run(repeated(bearer(0)))
    const between = await steps()
    const memory = await remembering.runPromise(repeated(bearer(0)))
    const after = await steps()
    const tripsOf = (goal, done, most) => ({
      goal: `round trips for a fresh bearer, ${goal}, ${name}`,
      value: Math.round((100 * done) / asks) / 100,
      unit: "",
      must: most,
      aim: most,
      note: `of ${asks.toLocaleString("en")} bearers, as the ${name === "Redis" ? "server" : "driver"} counts them`
    })

    for (const n of numbers(1, renewals)) await run(put(n, 1000))
    const renewed = await run(timesOf(numbers(1, renewals).map(bearer)))
    const beyond = renewed.map((took) => took - tokenMillis)

    await run(Effect.forEach(numbers(1000, many), (n) => put(n, 1000), { concurrency: 32, discard: true }))
    const together = await run(
      timeOf(Effect.forEach(numbers(1000, many), bearer, { concurrency: atOnce, discard: true }))
    )
    const perSecond = (many / together) * 1000

    const empty = await bytes()
    const write = Effect.forEach(numbers(10_000, tenants), (n) => put(n, inHours(1)), {
      concurrency: 32,
      discard: true
    })
    const wrote = await run(timeOf(write))
    const full = await bytes()
    const list = Effect.flatMap(CredentialStorage, (store) => Stream.runCount(store.list("accounts/")))
    const listed = await run(timesOf([list, list, list]))
    const count = tenants.toLocaleString("en")
    const whole = (goal, value, unit, most, note) => ({
      goal: `${goal}, ${name}`,
      value,
      unit,
      must: most,
      aim: null,
      note
    })
    return [
      tripsOf("cacheFor 0", between - before - nothing, 1),
      tripsOf("cacheFor 60 s", after - between - nothing, 0),
      millis("fresh bearer, the store asked", stored, must.stored, `; a bare round trip ${inMillis(trip)}`),
      millis("fresh bearer, from memory", memory, must.memory),
      millis(`renewal beyond the server's own ${tokenMillis} ms`, beyond, must.renewal),
      whole(
        `time for a renewal, ${atOnce} at once in one process`,
        together / many,
        "ms",
        must.perRenewal,
        `${perSecond.toFixed(0)} renewals per second, of ${many.toLocaleString("en")}`
      ),
      whole(`${count} logins written, 32 at once`, wrote, "ms", must.write, ""),
      whole(`${count} logins listed`, part(listed, 0.5), "ms", must.list, "median of 3"),
      whole(`${count} sealed logins take`, (full - empty) / 1e6, "MB", must.megabytes, "by the engine's own account")
    ]
  } finally {
    await asking.dispose()
    await remembering.dispose()
  }
}

export default () =>
  withServer((origin) =>
    withHome({}, async () => {
      const provider = ConfigProvider.fromMap(new Map([["MP_API_BASE_URL", origin]]))
      const rows = []
      for (const engine of engines) {
        if (placeOf(...engine.programs) === undefined) {
          rows.push(
            rowWithout(
              `logins on ${engine.name}`,
              [null, null],
              "not present",
              `${engine.programs.join(", ")} is not installed`
            )
          )
          continue
        }
        const found = await engine.on((ground) =>
          measured(engine, { ...ground, storage: Layer.provide(ground.storage, Layer.setConfigProvider(provider)) })
        )
        rows.push(...found)
      }
      return rows
    })
  )
