import { describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import { chmodSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, expect } from "vitest"
import * as DiskStorage from "#src/services/storage/DiskStorage.ts"
import { memoryEngine, type Rows } from "#src/layers/memory/MemoryStorage.ts"
import { Crypto, layer as webCrypto } from "#src/services/platform/Crypto.ts"
import { CredentialStorage } from "#src/services/storage/CredentialStorage.ts"
import { sharing } from "#src/services/storage/sharing.ts"
import { needs } from "../../support/needs.ts"
import { temporaryDirectory } from "../node/files/support.ts"
import { contract, type Ground } from "./CredentialStorage.contract.ts"
import { type Engine, groundOn, pglite, postgresAt, redisAt, type Sealing, sqlite, storeOf } from "./engines.ts"
import { postgresServer, redisServer } from "./servers.ts"
import { diskAt } from "./disk.ts"

const keys = Redacted.make(`k1:${"A".repeat(43)}=`)

const secret = "refresh-token-of-a-test"

/** The contract in clear, and sealed: then nothing that was put can be found in the engine. */
const both = (engine: () => Engine): void => {
  const sealings: ReadonlyArray<readonly [string, Sealing]> = [
    ["in clear", { sealed: false }],
    ["sealed", { keys }]
  ]
  describe.each(sealings)("%s", (name, sealing) => {
    contract(Effect.suspend(() => groundOn(engine(), sealing)))
    it.scopedLive(`the engine ${name === "sealed" ? "never sees" : "holds"} what is put`, () =>
      Effect.gen(function* () {
        const ground = yield* groundOn(engine(), sealing)
        const store = yield* ground.machine("host-1")
        const { version } = yield* store.put("accounts/a/tokens", `${secret}-1-${name}`, { expected: "any" })
        yield* Effect.flatMap(store.claim("accounts/a/tokens", version), ({ commit }) => commit(`${secret}-2-${name}`))
        const dump = yield* engine().dump
        expect(dump).toContain("accounts/a/tokens")
        expect(dump.includes(`${secret}-2-${name}`)).toBe(name !== "sealed")
      })
    )
  })
}

/** An engine that is started once, for all tests of a group. */
const started = <E>(start: Effect.Effect<Engine, E, Scope.Scope>): (() => Engine) => {
  const scope = Effect.runSync(Scope.make())
  let engine: Engine | undefined
  beforeAll(async () => {
    engine = await Effect.runPromise(Scope.extend(start, scope))
  }, 60_000)
  afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))
  return () => {
    if (engine === undefined) throw new Error("The engine was not started.")
    return engine
  }
}

const inMemory = (sealing: Sealing): Effect.Effect<Ground> =>
  Effect.sync(() => {
    const rows: Rows = new Map()
    const layer = (name: string) =>
      Layer.provide(
        Layer.effect(
          CredentialStorage,
          Effect.gen(function* () {
            const { over } = yield* sharing("memory", yield* Crypto, { ...sealing, name, namespace: "test" })
            return yield* over(memoryEngine(rows))
          })
        ),
        webCrypto
      )
    return {
      machine: (name) => storeOf(layer(name)),
      forget: (key) => Effect.sync(() => rows.delete(key)),
      pass: Effect.sleep
    }
  })

describe("in memory, in clear", () => contract(inMemory({ sealed: false })))

describe("in memory, sealed", () => contract(inMemory({ keys })))

const onDisk = (home: string) => storeOf(Layer.provide(DiskStorage.layer, diskAt(home)))

describe("on disk", () => {
  contract(
    Effect.map(temporaryDirectory, (home) => ({
      machine: () => onDisk(home),
      forget: () => Effect.void,
      pass: () => Effect.void
    })),
    ["leases", "free names"]
  )

  it.scopedLive("what a program stored that takes no lock is not written over", () =>
    Effect.gen(function* () {
      const home = yield* temporaryDirectory
      const store = yield* onDisk(home)
      const { version } = yield* store.put("accounts/a/tokens", "first", { expected: "any" })
      const { commit } = yield* store.claim("accounts/a/tokens", version)
      const path = yield* store.describe("accounts/a/tokens")
      expect(path).toBe(join(home, ".mp/accounts/a/tokens.json"))
      writeFileSync(path, "of another program", { mode: 0o600 })
      expect(yield* Effect.flip(commit("late"))).toMatchObject({ _tag: "Superseded" })
      expect(readFileSync(path, "utf8")).toBe("of another program")
    })
  )

  it.scopedLive("what the disk says is told as it is", () =>
    Effect.gen(function* () {
      const home = yield* temporaryDirectory
      const store = yield* onDisk(home)
      yield* store.put("accounts/a/tokens", "first", { expected: "any" })
      const path = yield* store.describe("accounts/a/tokens")
      chmodSync(path, 0o644)
      const error = yield* Effect.flip(store.get("accounts/a/tokens"))
      expect(error).toMatchObject({ _tag: "StorageError", temporary: false, cause: { problem: "wide_mode", path } })
      expect(error.message).toContain(path)
      expect(error.details.fix).toBe(`chmod 600 ${path}`)
      expect(yield* Effect.flip(store.get("no/such/name"))).toMatchObject({
        reason: "it is no name of an entry on disk"
      })
      expect(yield* Effect.flip(store.get("accounts/../tokens"))).toMatchObject({ _tag: "StorageError" })
    })
  )
})

const redis = needs("redis")
describe.skipIf(redis.areUnmet)(redis.title("on Redis"), () =>
  both(started(Effect.flatMap(redisServer(), ({ port }) => redisAt(port))))
)

const postgres = needs("postgres")
describe.skipIf(postgres.areUnmet)(postgres.title("on Postgres"), () =>
  both(started(Effect.flatMap(postgresServer(), ({ port }) => postgresAt(port))))
)

describe("on PGlite", () => both(started(pglite)))

describe("on SQLite", () => both(started(sqlite)))
