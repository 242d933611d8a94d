/** Promise 25 among real processes, over a real Redis and a real Postgres, with a server that forgives nothing. */
import { expect, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import { describe } from "vitest"
import { tokensText } from "#src/domain/oauth/OAuthTokens.ts"
import { migrationText } from "#src/layers/sql/table.ts"
import { CredentialStorage } from "#src/services/storage/CredentialStorage.ts"
import { clientOf, postgresLayer } from "../layers/storage/engines.ts"
import { postgresServer, redisServer } from "../layers/storage/servers.ts"
import { needs } from "../support/needs.ts"
import { tokensKey } from "./support/fleet.ts"
import { type Running, workersIn } from "./support/processes.ts"
import { storeOn } from "./support/storeOn.ts"
import { type StrictServer, strictServer } from "./support/StrictServer.ts"
import { tcpProxy } from "./support/tcpProxy.ts"
import { clientId, temporaryHome, tokensOf } from "./support/world.ts"

/** `MP_TEST_FLEET=50x10` runs the whole of the promise: 50 processes, 10 expiries. */
const [processes = 6, rounds = 3] = (process.env["MP_TEST_FLEET"] ?? "6x3").split("x").map(Number)

const redis = Effect.map(redisServer(), ({ port }) => `redis:${port}`)

const postgres = Effect.gen(function* () {
  const { port } = yield* postgresServer()
  const sql = yield* clientOf(postgresLayer(port))
  yield* Effect.orDie(sql.unsafe(migrationText))
  return `postgres:${port}`
})

interface Scene {
  readonly server: StrictServer
  readonly crowd: ReadonlyArray<Running>
  /** The stored tokens are those of a new login, and have expired. */
  readonly logIn: Effect.Effect<void>
  /** The stored tokens expire. */
  readonly expire: Effect.Effect<void>
  readonly stored: Effect.Effect<string>
}

interface Wanted {
  readonly engine: string
  /** Where the processes find it, if that is not where it is. */
  readonly through?: string
  readonly count: number
  readonly lease?: number
}

const scene = ({ count, engine, lease, through = engine }: Wanted): Effect.Effect<Scene, never, Scope.Scope> =>
  Effect.gen(function* () {
    const home = yield* temporaryHome
    const server = yield* strictServer
    const storage = Context.get(yield* Effect.orDie(Layer.build(storeOn(engine))), CredentialStorage)
    const put = (text: string) => Effect.asVoid(Effect.orDie(storage.put(tokensKey, text, { expected: "any" })))
    const stored = Effect.map(Effect.orDie(storage.get(tokensKey)), (entry) =>
      Option.match(entry, { onNone: () => "", onSome: ({ value }) => value })
    )
    const logIn = Effect.suspend(() => put(tokensText(tokensOf(server.authority.login(clientId)))))
    yield* logIn
    const places = Array.from({ length: count }, (_, at) => ({
      variables: {
        MP_TEST_ENGINE: through,
        MP_TEST_HOST: `host-${at + 1}`,
        ...(lease === undefined ? {} : { MP_TEST_LEASE: `${lease}` })
      }
    }))
    const crowd = yield* workersIn(places, home, server.url)
    const expire = Effect.flatMap(stored, (text) =>
      put(text.replace(/"expires_at": "[^"]*"/, '"expires_at": "1970-01-01T00:00:00.000000+00:00"'))
    )
    return { server, crowd, logIn, expire, stored }
  })

const pause = (millis: number) => new Promise((resolve) => setTimeout(resolve, millis))

const arrival = async (server: StrictServer, requests: number): Promise<void> => {
  while (server.arrived() < requests) await pause(5)
}

const storm = (engine: string) =>
  Effect.gen(function* () {
    const { crowd, expire, server } = yield* scene({ engine, count: processes })
    let right = 0
    for (let round = 0; round < rounds; round += 1) {
      const answers = yield* Effect.promise(() => Promise.all(crowd.map(({ ask }) => ask())))
      right += answers.filter(({ access }) => server.authority.accepts(access ?? "")).length
      yield* expire
    }
    const { requests, reuses } = server.authority.figures()
    expect({ right, requests, reuses }).toEqual({ right: processes * rounds, requests: rounds, reuses: 0 })
  })

const onRedis = needs("redis")
const onPostgres = needs("postgres")

describe.skipIf(onPostgres.areUnmet)(onPostgres.title("on Postgres"), () => {
  it.scopedLive(
    `${processes} processes × ${rounds} expiries: one request each`,
    () => Effect.flatMap(postgres, storm),
    300_000
  )
})

describe.skipIf(onRedis.areUnmet)(onRedis.title("on Redis"), () => {
  it.scopedLive(
    `${processes} processes × ${rounds} expiries: one request each`,
    () => Effect.flatMap(redis, storm),
    300_000
  )

  it.scopedLive(
    "a holder that is killed with its request under way costs the lease, and the truth is told; stopped for less, nothing",
    () =>
      Effect.gen(function* () {
        const { crowd, logIn, server } = yield* scene({ engine: yield* redis, count: 3, lease: 3000 })
        const [one, two, three] = crowd
        if (one === undefined || two === undefined || three === undefined) throw new Error("no workers")
        server.delay(1000)
        const stopped = yield* Effect.promise(async () => {
          const asking = one.ask()
          await arrival(server, 1)
          one.child.kill("SIGSTOP")
          const waiting = two.ask()
          await pause(1500)
          one.child.kill("SIGCONT")
          return await Promise.all([asking, waiting])
        })
        expect(stopped.map(({ access }) => server.authority.accepts(access ?? ""))).toEqual([true, true])
        expect(server.authority.figures()).toMatchObject({ requests: 1, reuses: 0 })

        yield* logIn
        const told = yield* Effect.promise(async () => {
          const killed = one.ask().catch(() => ({}))
          await arrival(server, 2)
          // The server has answered by then, and nobody takes the answer.
          one.child.kill("SIGKILL")
          await killed
          await pause(1200)
          return await two.ask()
        })
        expect(told.message).toMatch(/the refresh of \d\d:\d\d UTC by host-1 was interrupted/)
        expect(told.message).not.toContain("revoked")
        expect(server.authority.figures()).toMatchObject({ requests: 3, reuses: 1 })

        yield* logIn
        const { access = "" } = yield* Effect.promise(() => three.ask())
        expect(server.authority.accepts(access)).toBe(true)
      }),
    120_000
  )

  it.scopedLive(
    "the engine is cut off while the answer is on its way: it is used from memory, and stored afterwards",
    () =>
      Effect.gen(function* () {
        const engine = yield* redis
        const proxy = yield* tcpProxy(Number(engine.split(":")[1]))
        const { crowd, server, stored } = yield* scene({ engine, through: `redis:${proxy.port}`, count: 2 })
        const [one, two] = crowd
        if (one === undefined || two === undefined) throw new Error("no workers")
        server.delay(1000)
        const access = yield* Effect.promise(async () => {
          const asking = one.ask()
          await arrival(server, 1)
          proxy.cut()
          const said = await asking
          proxy.mend()
          return said.access ?? ""
        })
        expect(server.authority.accepts(access)).toBe(true)
        yield* Effect.repeat(stored, { until: (text) => text.includes(access) })
        const theirs = yield* Effect.promise(() => two.ask())
        expect(theirs.access).toBe(access)
        expect(server.authority.figures()).toMatchObject({ requests: 1, reuses: 0 })
      }),
    120_000
  )
})
