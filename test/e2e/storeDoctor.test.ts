/** `mp doctor` on a real Redis and a real Postgres: whatever can be wrong with a shared store is found by its id. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Redis } from "ioredis"
import { execFile } from "node:child_process"
import { catalogue } from "#src/domain/doctor/catalogue.ts"
import { clientOf, postgresLayer } from "../layers/storage/engines.ts"
import { postgresPassword, postgresServer, redisServer } from "../layers/storage/servers.ts"
import { makeHome, put, runMp } from "../support/mp.ts"
import { needs } from "../support/needs.ts"

const key = (id: string) => `${id}:${Buffer.alloc(32, id).toString("base64")}`

interface Told {
  readonly id: string
  readonly problem: string
  readonly fix: string | null
}

const doctor = (env: Readonly<Record<string, string>>) =>
  Effect.gen(function* () {
    const home = yield* makeHome()
    // Nobody looks at it, and nobody calls it an orphan.
    yield* put(home, ".mp/accounts/old/tokens.json", "{}")
    const { code, stderr, stdout } = yield* runMp(["doctor", "--offline", "--format", "json"], { home, env })
    expect(stderr.split("\n").filter((line) => line !== "" && !line.startsWith('{"note"'))).toEqual([])
    const { findings, sound }: { readonly findings: ReadonlyArray<Told>; readonly sound: ReadonlyArray<string> } =
      JSON.parse(stdout)
    return {
      code,
      findings: findings.filter(({ id }) => id !== "nothing-configured"),
      sound: sound.filter((line) => line.startsWith("store:"))
    }
  })

const seen = new Set<string>()

let lastFix = ""

/** Does what the last finding says in a shell. */
const pasted = (env: Readonly<Record<string, string>>) =>
  Effect.async<void>((resume) => {
    execFile("sh", ["-c", lastFix], { env: { ...process.env, ...env } }, (error) =>
      resume(error === null ? Effect.void : Effect.die(error))
    )
  })

/** One finding, and its exit code. */
const finds = (env: Readonly<Record<string, string>>, id: keyof typeof catalogue, says: string, fix?: string) =>
  Effect.map(doctor(env), ({ code, findings, sound }) => {
    seen.add(id)
    expect(findings.map((one) => one.id)).toEqual([id])
    expect(findings[0]?.problem).toContain(says)
    if (fix !== undefined) expect(findings[0]?.fix).toBe(fix)
    lastFix = findings[0]?.fix ?? ""
    const isInfo = catalogue[id].severity === "info"
    expect({ code, sound: sound.length }).toEqual({ code: isInfo ? 0 : 1, sound: isInfo ? 1 : 0 })
  })

const redis = needs("redis")
const postgres = needs("postgres")
const areUnmet = redis.areUnmet || postgres.areUnmet

describe.skipIf(areUnmet)(redis.areUnmet ? redis.title("a store") : postgres.title("a store"), () => {
  it.scopedLive(
    "on Redis",
    () =>
      Effect.gen(function* () {
        const { port } = yield* redisServer()
        const admin = yield* Effect.acquireRelease(
          Effect.sync(() => new Redis(port, "127.0.0.1")),
          (made) => Effect.sync(() => made.disconnect())
        )
        const call = (...[first = "", ...words]: ReadonlyArray<string>) =>
          Effect.promise(() => admin.call(first, ...words))
        const env = { MP_STORE: `redis://127.0.0.1:${port}`, MP_STORE_KEY: key("k1") }
        const home = yield* makeHome()
        yield* runMp(["account", "add", "me", "--type", "oauth_browser", "--region", "us"], { home, env })
        yield* runMp(["account", "remove", "me"], { home, env })
        expect(yield* doctor(env)).toMatchObject({
          code: 0,
          findings: [],
          sound: [
            expect.stringMatching(
              /^store: Redis 7\.\S+ at redis:\/\/127\.0\.0\.1:\d+ \(MP_STORE\), namespace mp: appendonly yes, noeviction, 0 replicas, \d+ entr(?:y|ies), sealed with k1, clock right$/
            )
          ]
        })

        yield* finds({ ...env, MP_STORE_CACHE: "soon" }, "store-refused", "MP_STORE_CACHE", "export MP_STORE_CACHE=60")
        yield* finds({ ...env, MP_STORE: "redis://127.0.0.1:1" }, "store-unreachable", "the connection was refused")
        yield* finds(
          { ...env, MP_STORE_REPLICAS: "2" },
          "store-replicas-missing",
          "0 of the 2 replicas",
          "export MP_STORE_REPLICAS=0"
        )

        yield* call("CONFIG", "SET", "appendonly", "no")
        yield* finds(env, "store-forgets", "appendonly no", 'redis-cli -u "$MP_STORE" CONFIG SET appendonly yes')
        yield* pasted(env)
        yield* call("CONFIG", "SET", "maxmemory-policy", "volatile-lru")
        yield* finds(
          env,
          "store-evicts",
          "volatile-lru",
          'redis-cli -u "$MP_STORE" CONFIG SET maxmemory-policy noeviction'
        )
        yield* pasted(env)

        const newer = { ...env, MP_STORE_KEY: `${key("k2")},${key("k1")}` }
        yield* finds(newer, "store-key-former", "sealed with an older key than k2", "mp store reseal")

        yield* call(
          "HSET",
          "mp:accounts/a b/tokens",
          "version",
          "v",
          "data",
          "1.k1.AAAA.AAAA",
          "holder",
          "host-7 (pid 3) at noon x",
          "until",
          "1"
        )
        yield* finds(
          env,
          "store-claim-abandoned",
          "The renewal of the login of 'a b' by host-7 (pid 3) at noon was interrupted",
          "mp account test 'a b'"
        )
        yield* call("DEL", "mp:accounts/a b/tokens")
        yield* call("HSET", "mp:accounts/x/me", "version", "v", "data", "1.k9.AAAA.AAAA")
        yield* finds(
          env,
          "store-entries-foreign",
          "accounts/x/me is sealed with key k9",
          "export MP_STORE_KEY=NEWER_KEYS,OLDER_KEYS"
        )
        yield* call("DEL", "mp:accounts/x/me")
      }),
    120_000
  )

  it.scopedLive(
    "on Postgres",
    () =>
      Effect.gen(function* () {
        const { port } = yield* postgresServer()
        const sql = yield* clientOf(postgresLayer(port))
        const env = {
          MP_STORE: `postgres://postgres:${postgresPassword}@127.0.0.1:${port}/postgres`,
          MP_STORE_KEY: key("k1")
        }
        yield* finds(env, "store-refused", "the table mixpanel_credentials is missing")
        yield* pasted(env)
        expect(yield* doctor(env)).toMatchObject({
          code: 0,
          sound: [
            expect.stringMatching(/^store: PostgreSQL \d.*: logged, fsync on, synchronous_commit on, 0 replicas, /)
          ]
        })
        yield* sql.unsafe("ALTER TABLE mixpanel_credentials SET UNLOGGED")
        yield* finds(
          env,
          "store-forgets",
          "unlogged",
          `psql "$MP_STORE" -c 'ALTER TABLE mixpanel_credentials SET LOGGED'`
        )
        yield* pasted(env)
        expect(yield* doctor(env)).toMatchObject({ code: 0, findings: [] })
      }),
    120_000
  )

  it("every kind of finding about a store was seeded but the clock's, which is that of the machine", () => {
    const all = Object.entries(catalogue).flatMap(([id, { area }]) => (area === "store" ? [id] : []))
    expect(all.filter((id) => !seen.has(id))).toEqual(["store-clock-differs"])
  })
})
