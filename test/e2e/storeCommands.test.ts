/** `mp store` on a real Redis and a real Postgres: logins go in and out, whenever the process is killed, and are sealed anew. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { access, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { postgresAt, redisAt } from "../layers/storage/engines.ts"
import { postgresPassword, postgresServer, redisServer } from "../layers/storage/servers.ts"
import { freePort } from "../layers/node/login/sockets.ts"
import { builtMp, makeHome, type Outcome, runMp } from "../support/mp.ts"
import { needs } from "../support/needs.ts"

const keyOf = (id: string) => `${id}:${Buffer.alloc(32, id).toString("base64")}`

const config = `# mine
[accounts.me]
type = "oauth_browser"
region = "us"
default_project = "1"

[active]
account = "me"
`

const tokens = (refresh: string, extra: Readonly<Record<string, string>> = {}) =>
  JSON.stringify({
    access_token: `bearer-${refresh}`,
    refresh_token: refresh,
    expires_at: "2036-01-01T00:00:00Z",
    token_type: "Bearer",
    scope: "projects",
    client_id: "a-client",
    ...extra
  })

const tokensPath = ".mp/accounts/me/tokens.json"

const machine = (refresh = "r1", more: Readonly<Record<string, string>> = {}) =>
  makeHome({ ".mp/config.toml": config, [tokensPath]: tokens(refresh), ...more })

interface Ground {
  readonly url: string
  /** All that the engine holds. */
  readonly dump: Effect.Effect<string, unknown>
}

const engines: ReadonlyArray<readonly ["redis" | "postgres", Effect.Effect<Ground, unknown, Scope.Scope>]> = [
  [
    "redis",
    Effect.gen(function* () {
      const { port } = yield* redisServer()
      const { dump } = yield* redisAt(port)
      return { url: `redis://127.0.0.1:${port}`, dump }
    })
  ],
  [
    "postgres",
    Effect.gen(function* () {
      const { port } = yield* postgresServer()
      const { dump } = yield* postgresAt(port)
      return { url: `postgres://postgres:${postgresPassword}@127.0.0.1:${port}/postgres`, dump }
    })
  ]
]

const exists = (path: string) =>
  Effect.promise(() =>
    access(path).then(
      () => true,
      () => false
    )
  )

const read = (path: string) => Effect.promise(() => readFile(path, "utf8"))

const json = ({ stdout }: Outcome): unknown => JSON.parse(stdout)

/** `mp` with the store. */
const mpWith =
  (ground: Ground, keys = keyOf("k1")) =>
  (home: string, line: string, env: Readonly<Record<string, string>> = {}, bundle?: string) =>
    runMp(line.split(" "), {
      home,
      env: { MP_STORE: ground.url, MP_STORE_KEY: keys, ...env },
      ...(bundle === undefined ? {} : { bundle })
    })

/** An `mp` that is killed at its n-th step that the world can see: a file renamed or removed, bytes sent to the engine. */
const mortal = (home: string) =>
  Effect.promise(async () => {
    const path = join(home, "mortal.cjs")
    const text = `
      const fs = require("node:fs"), net = require("node:net")
      let left = Number(process.env.STEPS), seen = 0
      const step = () => { seen += 1; if (left-- === 0) process.kill(process.pid, "SIGKILL") }
      for (const name of ["rename", "unlink"]) {
        const real = fs.promises[name]
        fs.promises[name] = async (...args) => { step(); return real.apply(fs.promises, args) }
      }
      for (const name of ["renameSync", "unlinkSync"]) {
        const real = fs[name]
        fs[name] = (...args) => { step(); return real(...args) }
      }
      const real = net.Socket.prototype.write
      net.Socket.prototype.write = function (...args) {
        if (this.remotePort !== undefined && this.remotePort === Number(process.env.ENGINE_PORT)) step()
        return real.apply(this, args)
      }
      process.on("exit", () => fs.writeFileSync(${JSON.stringify(join(home, "steps"))}, String(seen)))
      process.argv[1] = ${JSON.stringify(builtMp)}
      require(${JSON.stringify(builtMp)})
    `
    await writeFile(path, text)
    return path
  })

/** Killed at every step with `MP_TEST_KILLS=all`. */
const everyStep = process.env["MP_TEST_KILLS"] === "all"

describe.each(engines)("on %s", (name, ground) => {
  const need = needs(name)

  it.scopedLive.skipIf(need.areUnmet)(
    need.title("logins go in, are used there by another machine, and come out; nothing is in the engine in clear"),
    () =>
      Effect.gen(function* () {
        const at = yield* ground
        const mp = mpWith(at)
        const home = yield* machine("r1", { ".mp/accounts/me/me.json": "{}" })
        const other = yield* makeHome()
        const dry = yield* mp(home, "store import --dry-run --format json")
        expect([dry.code, json(dry)]).toEqual([
          0,
          ["config", "accounts/me/tokens", "accounts/me/me"].map((entry) => ({
            entry,
            outcome: "moved",
            reason: null,
            dry_run: true
          }))
        ])
        expect(yield* exists(join(home, tokensPath))).toBe(true)
        const done = yield* mp(home, "store import -f plain")
        expect(done).toMatchObject({
          code: 0,
          stdout: "config\tmoved\t\naccounts/me/tokens\tmoved\t\naccounts/me/me\tmoved\t\n"
        })
        expect(yield* Effect.forEach([tokensPath, ".mp/config.toml"], (path) => exists(join(home, path)))).toEqual([
          false,
          false
        ])
        expect(yield* mp(other, "account token me")).toMatchObject({ code: 0, stdout: "bearer-r1\n" })
        expect(yield* at.dump).not.toMatch(/"r1"|bearer-r1|oauth_browser/)
        const status = yield* mp(other, "store status --format json")
        expect([status.code, json(status)]).toMatchObject([
          0,
          {
            namespace: "mp",
            keys: ["k1"],
            reachable: true,
            engine: expect.stringMatching(/^(Redis|PostgreSQL) \d/),
            replicas: 0,
            entries: 3,
            accounts: 1,
            sealed_by: { k1: 3 },
            abandoned_claims: [],
            on_their_way: { in: [], out: [] }
          }
        ])
        expect(status.stdout + status.stderr).not.toContain(keyOf("k1").slice(3))
        const back = yield* mp(other, "store export")
        expect(back.code).toBe(0)
        expect(yield* read(join(other, ".mp/config.toml"))).toBe(config)
        expect(yield* runMp(["account", "token", "me"], { home: other })).toMatchObject({ stdout: "bearer-r1\n" })
        expect(json(yield* mp(other, "store status --format json"))).toMatchObject({ entries: 0 })
        expect((yield* mp(other, "store export")).stdout).toContain("Nothing is stored in")
      })
  )

  it.scopedLive.skipIf(need.areUnmet)(
    need.title("an import that is killed leaves the login at one place at most, and the next one finishes it"),
    () =>
      Effect.gen(function* () {
        const at = yield* ground
        const mp = mpWith(at)
        const port = new URL(at.url).port
        const killed = (namespace: string, steps: number) =>
          Effect.gen(function* () {
            const home = yield* machine()
            const env = { MP_STORE_NAMESPACE: namespace, STEPS: `${steps}`, ENGINE_PORT: port }
            const outcome = yield* mp(home, "store import", env, yield* mortal(home))
            return { env, home, outcome }
          })
        const whole = yield* killed("whole", 10_000)
        expect(whole.outcome.code).toBe(0)
        const total = Number(yield* read(join(whole.home, "steps")))
        expect(total).toBeGreaterThan(8)
        const every = everyStep ? 1 : Math.ceil(total / 5)
        const points = Array.from({ length: total }, (_, step) => step).filter((step) => step % every === 0)
        for (const steps of points) {
          const { env, home, outcome } = yield* killed(`after-${steps}`, steps)
          expect([steps, outcome.code]).toEqual([steps, -1])
          const isHere = yield* exists(join(home, tokensPath))
          const held = yield* mp(home, "store status --format json", env)
          const said = JSON.stringify(json(held))
          const isThere = said.includes('"accounts":1')
          const isOnItsWay = said.includes('"in":["me"]')
          // At one place that is used, or on its way; a copy on its way may lie beside either.
          expect([steps, isHere && isThere, isHere || isThere || isOnItsWay]).toEqual([steps, false, true])
          expect([steps, (yield* mp(home, "store import", env)).code]).toEqual([steps, 0])
          expect(json(yield* mp(home, "store status --format json", env))).toMatchObject({ accounts: 1 })
          expect(yield* exists(join(home, tokensPath))).toBe(false)
          expect(yield* exists(join(home, ".mp/accounts/me/moving-tokens.json"))).toBe(false)
        }
      }),
    { timeout: 600_000 }
  )

  it.scopedLive.skipIf(need.areUnmet)(
    need.title("of two machines with another login each, the second keeps its own, and is told what ends it"),
    () =>
      Effect.gen(function* () {
        const at = yield* ground
        const mp = mpWith(at)
        const homes = [yield* machine("r1"), yield* machine("r2")] as const
        const outcomes = yield* Effect.forEach(homes, (home) => mp(home, "store import --format json"), {
          concurrency: 2
        })
        const codes = outcomes.map(({ code }) => code)
        expect([...codes].sort()).toEqual([0, 1])
        const loser = codes.indexOf(1)
        const home = homes[loser] ?? ""
        expect(JSON.parse(outcomes[loser]?.stderr.trimEnd().split("\n").at(-1) ?? "")).toMatchObject({
          error: {
            code: "CONFIG_ERROR",
            message: expect.stringMatching(/^accounts\/me\/tokens stays: another login of 'me' is there \(.*\)/),
            hints: ["mp account logout me", "env -u MP_STORE mp account logout me"]
          }
        })
        expect(yield* exists(join(home, tokensPath))).toBe(true)
        // Somebody ends the one on this machine, and what is left goes in.
        yield* runMp(["account", "logout", "me"], { home, env: { MP_API_BASE_URL: "http://127.0.0.1:9" } })
        expect((yield* mp(home, "store import")).code).toBe(0)
      })
  )

  it.scopedLive.skipIf(need.areUnmet)(
    need.title("is sealed anew with a new key, and the old one is not needed any more"),
    () =>
      Effect.gen(function* () {
        const at = yield* ground
        const home = yield* machine()
        expect((yield* mpWith(at)(home, "store import")).code).toBe(0)
        const both = mpWith(at, `${keyOf("k2")},${keyOf("k1")}`)
        expect((yield* both(home, "store status")).stderr).toContain(
          "2 entries (accounts/me/tokens, …) are sealed with the older key k1: mp store reseal"
        )
        const done = yield* both(home, "store reseal --format json")
        expect([done.code, json(done)]).toMatchObject([0, { key: "k2", resealed: 2, unopened: [] }])
        const next = mpWith(at, keyOf("k2"))
        expect(yield* next(home, "account token me")).toMatchObject({ code: 0, stdout: "bearer-r1\n" })
        const old = yield* mpWith(at)(home, "store reseal --format json")
        expect([old.code, json(old)]).toMatchObject([1, { resealed: 0, unopened: [{}, {}] }])
        expect(old.stderr).toContain("is sealed with key k2, and MP_STORE_KEY (keys) holds k1 only")
        const out = yield* mpWith(at)(home, "store export")
        expect(out.code).toBe(1)
        expect(yield* exists(join(home, tokensPath))).toBe(false)
      })
  )

  it.scopedLive.skipIf(need.areUnmet)(
    need.title("a bridge carries the access token only; renaming, logout and removal reach the store"),
    () =>
      Effect.gen(function* () {
        const at = yield* ground
        const mp = mpWith(at)
        const env = { MP_API_BASE_URL: "http://127.0.0.1:9" }
        const home = yield* machine()
        expect((yield* mp(home, "store import")).code).toBe(0)
        const exported = yield* mp(home, "account export-bridge --to bridge.json")
        expect([exported.code, exported.stderr]).toEqual([
          0,
          expect.stringContaining("The refresh token stays in the store that machines share")
        ])
        const bridge = yield* read(join(home, "bridge.json"))
        expect([bridge.includes("bearer-r1"), bridge.includes("refresh_token")]).toEqual([true, false])
        const entries = Effect.map(mp(home, "store status --format json"), (status) => json(status))
        expect((yield* mp(home, "account rename me acme")).code).toBe(0)
        expect(yield* mp(home, "account token acme")).toMatchObject({ code: 0, stdout: "bearer-r1\n" })
        expect((yield* mp(home, "account token me")).code).toBe(4)
        expect((yield* mp(home, "account logout acme", env)).code).toBe(0)
        expect(yield* entries).toMatchObject({ accounts: 0, entries: 1 })
        expect((yield* mp(home, "account token acme")).code).toBe(2)
        expect((yield* mp(home, "account remove acme")).code).toBe(0)
        expect((yield* mp(home, "account list --format json")).stdout.trim()).toBe("[]")
      })
  )
})

describe("without what it needs", () => {
  const lines = ["store status", "store import", "store export", "store reseal"]

  it.scopedLive.each(lines)("mp %s says which variable is not set, and with what it is", (line) =>
    Effect.gen(function* () {
      const home = yield* machine()
      const { code, stderr } = yield* runMp(line.split(" "), { home })
      expect([code, stderr]).toEqual([1, expect.stringContaining("MP_STORE is not set")])
      expect(stderr).toContain("export MP_STORE=rediss://")
    })
  )

  it.scopedLive.each(lines)("mp %s says that there is no key, and asks no engine", (line) =>
    Effect.gen(function* () {
      const home = yield* machine()
      const env = { MP_STORE: `redis://127.0.0.1:${yield* freePort}` }
      const { code, stderr } = yield* runMp(line.split(" "), { home, env })
      expect([code, stderr]).toEqual([1, expect.stringContaining("MP_STORE_KEY (keys) holds no key")])
      expect(stderr).toContain("openssl rand -base64 32")
      expect(yield* exists(join(home, tokensPath))).toBe(true)
    })
  )

  it.scopedLive.each(lines)("mp %s is exit 75 where nobody answers, and nothing is changed", (line) =>
    Effect.gen(function* () {
      const home = yield* machine()
      const port = yield* freePort
      const env = { MP_STORE: `redis://127.0.0.1:${port}`, MP_STORE_KEY: keyOf("k1") }
      const { code, stderr } = yield* runMp(line.split(" "), { home, env })
      expect([code, stderr]).toEqual([
        75,
        expect.stringContaining(`redis://127.0.0.1:${port} (MP_STORE), namespace mp`)
      ])
      expect(yield* exists(join(home, tokensPath))).toBe(true)
    })
  )
})
