/** What a Redis says of itself, and of the entries in a namespace. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { EngineReport, EntryReport } from "../../domain/storage/EngineReport.ts"
import type { StorageError } from "../../domain/storage/StorageError.ts"
import { mostAtOnce } from "../../services/storage/CredentialStorage.ts"
import { holderName } from "../../services/storage/Engine.ts"
import { sealedBy } from "../../services/storage/sealing.ts"
import { factsOf } from "./examine.ts"
import { ask, redisEngine, type RedisStore, text, wordsOf } from "./RedisEngine.ts"

const entryOf = (
  redis: RedisStore,
  now: number,
  key: string
): Effect.Effect<ReadonlyArray<EntryReport>, StorageError> =>
  Effect.map(
    ask(redis, { operation: "get", key }, ["HMGET", `${redis.namespace}:${key}`, "data", "holder", "until"], wordsOf),
    ([data, holder, until]) => {
      if (data == null) return []
      const claim = holder == null ? null : { by: holderName(holder), millisLeft: Math.max(0, Number(until) - now) }
      return [{ key, sealedBy: sealedBy(data), claim }]
    }
  )

export const redisReport = (redis: RedisStore): Effect.Effect<EngineReport, StorageError> =>
  Effect.gen(function* () {
    const engine = redisEngine(redis)
    const facts = factsOf(yield* ask(redis, { operation: "open", key: null }, ["INFO"], text))
    const now = yield* engine.now
    const keys = [...(yield* Stream.runCollect(engine.list("")))].sort()
    const entries = yield* Effect.forEach(keys, (key) => entryOf(redis, now, key), { concurrency: mostAtOnce })
    const replicas = Number(facts.get("connected_slaves") ?? Number.NaN)
    return {
      engine: `Redis ${facts.get("redis_version") ?? ""}`.trim(),
      persistence: `appendonly ${facts.get("aof_enabled") === "1" ? "yes" : "no"}`,
      eviction: facts.get("maxmemory_policy") ?? null,
      replicas: Number.isNaN(replicas) ? null : replicas,
      entries: entries.flat()
    }
  })
