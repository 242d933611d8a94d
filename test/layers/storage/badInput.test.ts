/** What stands in the way of a store that machines share: a sentence with the setting and the command that mends it, and nothing sent. */
import * as SqlClient from "@effect/sql/SqlClient"
import { describe, expect, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { Redis } from "ioredis"
import { createServer } from "node:net"
import { once } from "node:events"
import { StorageError } from "#src/domain/storage/StorageError.ts"
import { layer as redisLayer, layerConfig, layerFrom, type RedisUrlOptions } from "#src/layers/redis/RedisStorage.ts"
import { layerFrom as sqlLayerFrom } from "#src/layers/sql/SqlStorage.ts"
import { migrationText, migrations } from "#src/layers/sql/table.ts"
import type { CredentialStorage } from "#src/services/storage/CredentialStorage.ts"
import { needs } from "../../support/needs.ts"
import { freePort } from "../node/login/sockets.ts"
import { clientOf, pgliteLayer, postgresLayer, redisUrl, storeOf } from "./engines.ts"
import { postgresPassword, postgresServer, redisIn, redisServer } from "./servers.ts"

const keyOf = (bytes: number, id = "k1") => Redacted.make(`${id}:${Buffer.alloc(bytes, 7).toString("base64")}`)

const keys = keyOf(32)

/** What a store says that cannot be made, for people. */
const refusal = (layer: Layer.Layer<CredentialStorage, unknown>) =>
  Effect.gen(function* () {
    const error = yield* Effect.flip(storeOf(layer))
    if (!(error instanceof StorageError)) throw new Error(`Another error: ${String(error)}`)
    return { says: error.message, fix: error.details.fix, temporary: error.temporary }
  })

/** What is warned of while a store is made. */
const warnings = (layer: Layer.Layer<CredentialStorage, unknown>) =>
  Effect.gen(function* () {
    const told: Array<string> = []
    const logger = Logger.make(({ logLevel, message }) => {
      if (logLevel.label === "WARN") told.push(String(message))
    })
    const store = yield* Effect.provide(storeOf(layer), Logger.replace(Logger.defaultLogger, logger))
    return { store, told }
  })

/** Something that takes connections and notes what comes over them. */
const listener: Effect.Effect<{ readonly port: number; readonly heard: Array<string> }, never, Scope.Scope> =
  Effect.gen(function* () {
    const heard: Array<string> = []
    const server = createServer((socket) => socket.on("data", (data) => heard.push(data.toString())))
    yield* Effect.acquireRelease(
      Effect.promise(() => once(server.listen(0, "127.0.0.1"), "listening")),
      () => Effect.sync(() => server.close())
    )
    const address = server.address()
    return { port: typeof address === "object" && address !== null ? address.port : 0, heard }
  })

describe("keys and namespaces", () => {
  const asked = (options: Partial<RedisUrlOptions>) =>
    Effect.gen(function* () {
      const { heard, port } = yield* listener
      const told = yield* refusal(redisLayer({ url: redisUrl(port, "s3cret"), ...options }))
      expect(heard).toEqual([])
      expect(JSON.stringify(told)).not.toContain("s3cret")
      expect(told.temporary).toBe(false)
      return told
    })
  const newKey = 'export MP_STORE_KEY="k1:$(openssl rand -base64 32)"'

  it.scopedLive.each([
    ["no key", {}, "MP_STORE_KEY (keys) holds no key", newKey],
    ["an empty key", { keys: Redacted.make(" , ") }, "MP_STORE_KEY (keys) holds no key", newKey],
    [
      "a key without a name",
      { keys: Redacted.make("AAAA") },
      "key 1 of MP_STORE_KEY (keys) is not of the form ID:BASE64",
      newKey
    ],
    [
      "a short key",
      { keys: [keys, keyOf(16, "k2")] },
      "key k2 of MP_STORE_KEY (keys) has 16 bytes, and 32 are needed",
      newKey
    ],
    ["two keys of a name", { keys: [keys, keyOf(32)] }, "MP_STORE_KEY (keys) holds two keys of the name k1", newKey],
    [
      "no namespace",
      { keys, namespace: "" },
      "MP_STORE_NAMESPACE (namespace) is not 1 to 64",
      "export MP_STORE_NAMESPACE=mp"
    ],
    [
      "a namespace that is a pattern",
      { keys, namespace: "team:*" },
      "MP_STORE_NAMESPACE",
      "export MP_STORE_NAMESPACE=mp"
    ]
  ] satisfies ReadonlyArray<readonly [string, Partial<RedisUrlOptions>, string, string]>)(
    "%s is refused, and nothing is sent",
    ([, options, says, fix]) =>
      Effect.gen(function* () {
        const told = yield* asked(options)
        expect(told.says).toContain(says)
        expect(told.fix).toBe(fix)
      })
  )
})

describe("the address of a Redis", () => {
  const setUrl = "export MP_STORE=rediss://USER:PASSWORD@HOST:PORT"
  it.scopedLive.each([
    ["is none", "s3cret", "is no address"],
    ["is of another kind", "https://:s3cret@127.0.0.1", "is no address"],
    ["has no host", "redis://", "is no address"],
    ["leads elsewhere without TLS", "redis://:s3cret@cache.invalid:6379", "leads to another machine without TLS"]
  ] satisfies ReadonlyArray<readonly [string, string, string]>)("%s: nothing is sent", ([, url, says]) =>
    Effect.gen(function* () {
      const told = yield* refusal(redisLayer({ url: Redacted.make(url), keys }))
      expect(told).toMatchObject({ fix: setUrl, temporary: false })
      expect(told.says).toContain("MP_STORE (url)")
      expect(told.says).toContain(says)
      expect(told.says).not.toContain("s3cret")
    })
  )

  it.scopedLive("at which nobody is may be tried again", () =>
    Effect.gen(function* () {
      const port = yield* freePort
      const told = yield* refusal(redisLayer({ url: redisUrl(port, "s3cret"), keys }))
      expect(told.temporary).toBe(true)
      expect(told.says).toBe(`redis://127.0.0.1:${port}, namespace mp cannot be used: the connection was refused.`)
      const plain = yield* refusal(
        redisLayer({ url: Redacted.make("redis://cache.invalid:6379"), keys, allowPlain: true })
      )
      expect(plain.says).toContain("does not resolve")
    })
  )

  it.scopedLive("old servers, and answers that are not understood, are refused", () =>
    Effect.gen(function* () {
      const from = (answer: unknown) => layerFrom({ call: () => Promise.resolve(answer) }, { keys })
      expect((yield* refusal(from("redis_version:6.2.14\r\n"))).says).toContain(
        "it is Redis 6.2.14, and 7.0 is the oldest"
      )
      expect((yield* refusal(from(3))).says).toContain("its answer to INFO is not understood")
      const silent = layerFrom({ call: () => new Promise(() => undefined) }, { keys })
      const { port } = yield* listener
      expect(yield* refusal(redisLayer({ url: redisUrl(port), keys }))).toMatchObject({
        temporary: true,
        says: expect.stringContaining("within 5 s")
      })
      expect(yield* refusal(silent)).toMatchObject({ temporary: true, says: expect.stringContaining("within 5 s") })
    })
  )
})

describe("options out of Config", () => {
  const layer = layerConfig({ url: Config.redacted("MP_STORE"), keys: Config.redacted("MP_STORE_KEY") })
  const from = (variables: Readonly<Record<string, string>>) =>
    Layer.provide(layer, Layer.setConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(variables)))))

  it.scopedLive("are those of the layer", () =>
    Effect.gen(function* () {
      expect(String(yield* Effect.flip(storeOf(from({ MP_STORE_KEY: "x" }))))).toContain("MP_STORE")
      const short = yield* refusal(from({ MP_STORE: "redis://127.0.0.1", MP_STORE_KEY: "k1:AAAA" }))
      expect(short.says).toContain("key k1 of MP_STORE_KEY (keys) has 3 bytes")
    })
  )
})

const redis = needs("redis")
describe.skipIf(redis.areUnmet)(redis.title("a Redis"), () => {
  const at = (port: number, password: string, more: Partial<RedisUrlOptions> = {}) =>
    redisLayer({ url: redisUrl(port, password), keys, allowVolatile: true, ...more })

  const told = (port: number, url: string, more: Partial<RedisUrlOptions> = {}) =>
    refusal(at(port, "", { url: Redacted.make(url.replace("PORT", `${port}`)), ...more }))

  it.scopedLive(
    "that does not know the password is refused; one that evicts, forgets, is full or is a replica, in words",
    () =>
      Effect.gen(function* () {
        const { port } = yield* redisServer("--requirepass", "right")
        const client = yield* Effect.acquireRelease(
          Effect.sync(() => new Redis({ host: "127.0.0.1", port, password: "right" })),
          (made) => Effect.sync(() => made.disconnect())
        )
        const config = (...words: ReadonlyArray<string>) => Effect.promise(() => client.call("CONFIG", "SET", ...words))

        for (const url of [
          "redis://:wr0ng@127.0.0.1:PORT",
          "redis://127.0.0.1:PORT",
          "redis://nobody:right@127.0.0.1:PORT"
        ]) {
          const wrong = yield* told(port, url)
          expect(wrong).toMatchObject({ temporary: false, fix: "export MP_STORE=rediss://USER:PASSWORD@HOST:PORT" })
          expect(wrong.says).toContain("it does not know the user and password of MP_STORE (url)")
          expect(wrong.says).not.toMatch(/wr0ng|right/)
        }

        yield* config("maxmemory-policy", "allkeys-lru")
        const evicting = yield* refusal(at(port, "right"))
        expect(evicting.says).toContain("it throws logins away when its memory is full (maxmemory-policy allkeys-lru)")
        expect(evicting.fix).toBe('redis-cli -u "$MP_STORE" CONFIG SET maxmemory-policy noeviction')
        yield* config("maxmemory-policy", "noeviction")

        yield* config("appendonly", "no")
        const { told: forgetting } = yield* warnings(at(port, "right", { allowVolatile: false }))
        expect(forgetting).toEqual([expect.stringContaining("keeps nothing when it is restarted (appendonly no)")])
        expect((yield* warnings(at(port, "right"))).told).toEqual([])

        yield* Effect.promise(() => client.call("ACL", "SETUSER", "narrow", "on", ">pw", "~other:*", "+@all"))
        const foreign = yield* told(port, "redis://narrow:pw@127.0.0.1:PORT")
        expect(foreign.says).toContain("may not do that (NOPERM)")
        expect(foreign.fix).toContain(`redis-cli -u "$MP_STORE" ACL SETUSER USER '~NAMESPACE:*'`)
        yield* Effect.promise(() =>
          client.call("ACL", "SETUSER", "reader", "on", ">pw", "~mp:*", "+hmget", "+time", "+ping", "+info")
        )
        const reading = yield* warnings(at(port, "", { url: Redacted.make(`redis://reader:pw@127.0.0.1:${port}`) }))
        expect(reading.told).toEqual([expect.stringContaining("may be read only by this user (NOPERM)")])
        expect(yield* reading.store.get("config")).toMatchObject({ _tag: "None" })

        yield* Effect.promise(() => client.call("REPLICAOF", "127.0.0.1", "1"))
        const replica = yield* refusal(at(port, "right"))
        expect(replica.says).toContain(
          "MP_STORE (url) leads to a replica, and only its primary 127.0.0.1:1 takes writes"
        )
      })
  )

  it.scopedLive("that dies is answered for in time, and is used again when it is back", () =>
    Effect.gen(function* () {
      const always = ["--appendfsync", "always"]
      const first = yield* redisServer(...always)
      const store = yield* storeOf(at(first.port, ""))
      const { version } = yield* store.put("accounts/a/tokens", "first", { expected: "any" })
      const claim = yield* store.claim("accounts/a/tokens", version)
      first.process.kill("SIGKILL")
      yield* Effect.promise(() => once(first.process, "exit"))
      expect(yield* Effect.flip(claim.commit("second"))).toMatchObject({ _tag: "StorageError", temporary: true })
      yield* redisIn(first, ...always)
      // What was asked while it was away may have arrived late: the same again does no harm.
      yield* Effect.retry(claim.commit("second"), { times: 20 })
      expect(yield* store.get("accounts/a/tokens")).toMatchObject({ value: { value: "second" } })
    })
  )

  it.scopedLive("whose memory is full takes a commit, and grants no claim", () =>
    Effect.gen(function* () {
      const { port } = yield* redisServer()
      const client = yield* Effect.acquireRelease(
        Effect.sync(() => new Redis(port, "127.0.0.1")),
        (made) => Effect.sync(() => made.disconnect())
      )
      const store = yield* storeOf(at(port, ""))
      const { version } = yield* store.put("accounts/a/tokens", "first", { expected: "any" })
      const { version: other } = yield* store.put("accounts/b/tokens", "first", { expected: "any" })
      const claim = yield* store.claim("accounts/a/tokens", version)
      yield* Effect.promise(() => client.call("CONFIG", "SET", "maxmemory", "1mb"))
      const full = yield* Effect.flip(store.claim("accounts/b/tokens", other))
      expect(full).toMatchObject({
        _tag: "StorageError",
        temporary: true,
        message: expect.stringContaining("could not be claimed, and nothing was sent: its memory is full (maxmemory).")
      })
      yield* claim.commit("second")
      yield* Effect.promise(() => client.call("CONFIG", "SET", "maxmemory", "0"))
      expect(yield* store.get("accounts/a/tokens")).toMatchObject({ value: { value: "second" } })
      expect((yield* store.claim("accounts/b/tokens", other)).abandonedBy).toMatchObject({ _tag: "None" })
    })
  )

  it.scopedLive("without the replicas that are asked for grants no claim, and the next one hears of none", () =>
    Effect.gen(function* () {
      const { port } = yield* redisServer()
      const careful = yield* storeOf(at(port, "", { replicas: 1 }))
      const plain = yield* storeOf(at(port, ""))
      const { version } = yield* plain.put("accounts/a/tokens", "first", { expected: "any" })
      expect(yield* Effect.flip(careful.claim("accounts/a/tokens", version))).toMatchObject({
        temporary: true,
        reason: "0 of the 1 replicas of MP_STORE_REPLICAS (replicas) have it"
      })
      expect((yield* plain.claim("accounts/a/tokens", version, { takeOver: false })).abandonedBy).toMatchObject({
        _tag: "None"
      })
    })
  )
})

/** Tables that are none of ours, on whatever understands Postgres. */
const tables = (sql: SqlClient.SqlClient) =>
  Effect.gen(function* () {
    const missing = yield* refusal(sqlLayerFrom(sql, { keys }))
    expect(missing.says).toBe(
      "the table mixpanel_credentials of MP_STORE, namespace mp cannot be used: the table mixpanel_credentials is missing."
    )
    expect(missing.fix).toBe(`psql "$MP_STORE" -c '${migrationText}'`)
    yield* sql.unsafe(migrationText.replace("previous text, ", ""))
    const old = yield* refusal(sqlLayerFrom(sql, { keys }))
    expect(old.says).toContain("the table mixpanel_credentials is of an older version: it has no previous")
    expect(old.fix).toBe(`psql "$MP_STORE" -c 'ALTER TABLE mixpanel_credentials ADD COLUMN previous text'`)
    yield* sql.unsafe("ALTER TABLE mixpanel_credentials ADD COLUMN previous text")
    for (const migrate of Object.values(migrations)) yield* Effect.provideService(migrate, SqlClient.SqlClient, sql)
    yield* storeOf(sqlLayerFrom(sql, { keys, allowVolatile: true }))
  })

describe("a table on PGlite", () => {
  it.scopedLive("that is missing or old is refused with the statement that mends it", () =>
    Effect.flatMap(clientOf(pgliteLayer), tables)
  )
})

const postgres = needs("postgres")
describe.skipIf(postgres.areUnmet)(postgres.title("a Postgres"), () => {
  it.scopedLive("its table, its users, its settings and its transactions", () =>
    Effect.gen(function* () {
      const { port } = yield* postgresServer("fsync=off", "synchronous_commit=off")
      const sql = yield* clientOf(postgresLayer(port))
      yield* tables(sql)

      const { told: losing } = yield* warnings(sqlLayerFrom(sql, { keys }))
      expect(losing).toEqual([
        expect.stringContaining("fsync is off"),
        expect.stringContaining("synchronous_commit is off")
      ])
      expect((yield* warnings(sqlLayerFrom(sql, { keys, allowVolatile: true }))).told).toEqual([])

      yield* sql.unsafe(`CREATE ROLE stranger LOGIN PASSWORD '${postgresPassword}'`)
      const stranger = yield* clientOf(postgresLayer(port, { username: "stranger" }))
      const denied = yield* refusal(sqlLayerFrom(stranger, { keys }))
      expect(denied.says).toContain("the user of MP_STORE may not use the table mixpanel_credentials")
      expect(denied.fix).toContain("GRANT SELECT, INSERT, UPDATE, DELETE ON mixpanel_credentials")
      yield* sql.unsafe("GRANT SELECT ON mixpanel_credentials TO stranger")
      const reading = yield* warnings(sqlLayerFrom(stranger, { keys, allowVolatile: true }))
      expect(reading.told).toEqual([expect.stringContaining("may be read only by this user")])
      expect(yield* Effect.flip(reading.store.put("config", "x", { expected: "any" }))).toMatchObject({
        temporary: false
      })

      // What is stored stays, whatever becomes of the program's own transaction.
      const store = yield* storeOf(sqlLayerFrom(sql, { keys, allowVolatile: true }))
      const stored = Effect.zipRight(store.put("config", "kept", { expected: "any" }), Effect.fail("no"))
      expect(yield* Effect.flip(sql.withTransaction(stored))).toBe("no")
      expect(yield* store.get("config")).toMatchObject({ value: { value: "kept" } })

      // Where each statement is a transaction that may fail for others, it is sent again.
      yield* sql.unsafe("ALTER ROLE postgres SET default_transaction_isolation = 'serializable'")
      const strict = yield* clientOf(postgresLayer(port))
      const serializable = yield* storeOf(sqlLayerFrom(strict, { keys, allowVolatile: true }))
      const { version } = yield* serializable.put("accounts/a/tokens", "first", { expected: "any" })
      const claims = yield* Effect.forEach(
        Array.from({ length: 16 }, () => Effect.either(serializable.claim("accounts/a/tokens", version))),
        (claim) => claim,
        { concurrency: "unbounded" }
      )
      expect(claims.map((claim) => (claim._tag === "Right" ? "granted" : claim.left._tag)).sort()).toEqual([
        ...Array.from({ length: 15 }, () => "Claimed"),
        "granted"
      ])
    })
  )
})
