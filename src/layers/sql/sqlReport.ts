/** What a Postgres says of itself, and of the entries in a namespace. */
import * as Effect from "effect/Effect"
import type { EngineReport } from "../../domain/storage/EngineReport.ts"
import type { StorageError } from "../../domain/storage/StorageError.ts"
import { holderName } from "../../services/storage/Engine.ts"
import { sealedBy } from "../../services/storage/sealing.ts"
import { knownClock, send, type SqlStore } from "./SqlEngine.ts"

interface Facts {
  readonly version: string
  readonly fsync: string
  readonly synchronous_commit: string
  readonly persistence: string | null
  readonly replicas: number | string
}

interface Row {
  readonly key: string
  readonly value: string
  readonly holder: string | null
  readonly millis: number | string | null
}

export const sqlReport = (at: SqlStore): Effect.Effect<EngineReport, StorageError> =>
  Effect.gen(function* () {
    const { namespace, sql } = at
    const now = yield* knownClock(at)
    const [facts] = yield* send(
      at,
      { operation: "open", key: null },
      sql<Facts>`SELECT current_setting('server_version') AS version, current_setting('fsync') AS fsync,
        current_setting('synchronous_commit') AS synchronous_commit,
        (SELECT relpersistence FROM pg_class WHERE oid = to_regclass('mixpanel_credentials')) AS persistence,
        (SELECT count(*) FROM pg_stat_replication) AS replicas`
    )
    const rows = yield* send(
      at,
      { operation: "list", key: null },
      sql<Row>`SELECT c.key, substr(c.value, 1, 64) AS value, c.holder, c.held_until - ${now} AS millis
        FROM mixpanel_credentials AS c WHERE c.namespace = ${namespace} AND c.value <> ''
        AND (c.expires_at IS NULL OR c.expires_at > ${now}) ORDER BY c.key COLLATE "C"`
    )
    return {
      engine: `PostgreSQL ${facts?.version ?? ""}`.trim(),
      persistence: [
        facts?.persistence === "u" ? "unlogged" : "logged",
        `fsync ${facts?.fsync ?? "unknown"}`,
        `synchronous_commit ${facts?.synchronous_commit ?? "unknown"}`
      ].join(", "),
      eviction: null,
      replicas: facts === undefined ? null : Number(facts.replicas),
      entries: rows.map(({ holder, key, millis, value }) => ({
        key,
        sealedBy: sealedBy(value),
        claim: holder === null ? null : { by: holderName(holder), millisLeft: Math.max(0, Number(millis)) }
      }))
    }
  })
