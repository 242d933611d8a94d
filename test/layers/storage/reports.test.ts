/** What an engine says of itself comes in the order of the keys, whatever order its memory has. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Redis } from "ioredis"
import type { EngineReport } from "#src/domain/storage/EngineReport.ts"
import { redisReport } from "#src/layers/redis/redisReport.ts"
import { sqlReport } from "#src/layers/sql/sqlReport.ts"
import type { CredentialStorageShape } from "#src/services/storage/CredentialStorage.ts"
import { needs } from "../../support/needs.ts"
import { clientOf, type Engine, postgresAt, postgresLayer, redisAt, storeOf } from "./engines.ts"
import { postgresServer, redisServer } from "./servers.ts"

const namespace = "reports"

const keys = ["config", ..."dbBxAac_Z9".split("").map((name) => `accounts/${name}/tokens`), "clients/us"]

const fill = (store: CredentialStorageShape) =>
  Effect.forEach(keys, (key) => store.put(key, "value", { expected: "any" }), { discard: true })

const keysIn = ({ entries }: EngineReport) => entries.map(({ key }) => key)

const filled = (engine: Engine) =>
  Effect.flatMap(storeOf(engine.open({ namespace, name: "here", sealed: false, allowVolatile: true })), fill)

const onRedis = needs("redis")
const onPostgres = needs("postgres")

describe("the report of an engine", () => {
  it.scopedLive.skipIf(onRedis.areUnmet)(onRedis.title("Redis, whose memory has an order of its own"), () =>
    Effect.gen(function* () {
      const { port } = yield* redisServer()
      yield* filled(yield* redisAt(port))
      const client = yield* Effect.acquireRelease(
        Effect.sync(() => new Redis(port, "127.0.0.1")),
        (made) => Effect.sync(() => made.disconnect())
      )
      const report = yield* redisReport({ client, store: "redis://127.0.0.1", namespace, replicas: 0 })
      expect(keysIn(report)).toEqual([...keys].sort())
    })
  )

  it.scopedLive.skipIf(onPostgres.areUnmet)(
    onPostgres.title("Postgres, which sorts by the language of its users"),
    () =>
      Effect.gen(function* () {
        const { port } = yield* postgresServer()
        yield* filled(yield* postgresAt(port))
        const sql = yield* clientOf(postgresLayer(port))
        const report = yield* sqlReport({ sql, store: "postgres://127.0.0.1", namespace })
        expect(keysIn(report)).toEqual([...keys].sort())
      })
  )
})
