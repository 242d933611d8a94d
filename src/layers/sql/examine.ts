/** What a database says of itself and of the table, looked at when a store is made on it. Nothing is created. */
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import { isLoopback } from "../../domain/api/Endpoints.ts"
import { command } from "../../domain/hints/Command.ts"
import { postgresForm } from "../../domain/storage/StoreAddress.ts"
import { StorageError, type Why } from "../../domain/storage/StorageError.ts"
import { withDeadline } from "../../services/storage/Engine.ts"
import { grant, lacksColumn, oldTable, statement, whyNot } from "./failures.ts"
import { send, type SqlStore } from "./SqlEngine.ts"
import { columns, tableName } from "./table.ts"

const about = { operation: "open", key: null } as const

const names = Object.keys(columns).filter((name): name is keyof typeof columns => name in columns)

/** Fails where the table is not the one that this version of the library works with. */
export const examineTable = ({ sql, store }: SqlStore): Effect.Effect<void, StorageError> => {
  const look = (listed: string) => sql.unsafe(`SELECT ${listed} FROM ${tableName} WHERE 1 = 0`)
  const failed = (why: Why) => new StorageError({ ...about, store, ...why })
  const isMissing = (name: string) =>
    Effect.match(look(name), { onFailure: (error: SqlError) => lacksColumn(error), onSuccess: () => false })
  const named = Effect.catchAll(look(names.join(", ")), (error) =>
    lacksColumn(error)
      ? Effect.flatMap(Effect.filter(names, isMissing), (missing) => failed(oldTable(missing)))
      : failed(whyNot(error))
  )
  return Effect.asVoid(withDeadline(named, failed))
}

interface Facts {
  readonly standby: boolean
  readonly read_only: string
  readonly fsync: string
  readonly synchronous_commit: string
  readonly persistence: string | null
  readonly may_write: boolean
  /** `null` for a socket of this machine. */
  readonly address: string | null
  readonly encrypted: boolean | null
}

const refusal = (facts: Facts, allowPlain: boolean): Why | null => {
  if (facts.standby) {
    return {
      reason: "MP_STORE leads to a standby, and only its primary takes writes",
      temporary: false,
      fixes: [command`export MP_STORE=postgres://USER:PASSWORD@PRIMARY:5432/DATABASE`]
    }
  }
  const isHere = facts.address === null || facts.address === "::1" || isLoopback(facts.address)
  return isHere || facts.encrypted === true || allowPlain
    ? null
    : {
        reason:
          "MP_STORE leads to another machine without TLS: sslmode=verify-full encrypts (in a program, allowPlain goes without)",
        temporary: false,
        fixes: [postgresForm]
      }
}

const losing = (facts: Facts): ReadonlyArray<string> => [
  ...(facts.persistence === "u"
    ? [`the table is unlogged; mend it with: ${statement(`ALTER TABLE ${tableName} SET LOGGED`)}`]
    : []),
  ...(facts.fsync === "off" ? ["fsync is off"] : []),
  ...(facts.synchronous_commit === "off" ? ["synchronous_commit is off"] : [])
]

const postgres = (at: SqlStore, { allowPlain, allowVolatile }: Leave): Effect.Effect<void, StorageError> =>
  Effect.gen(function* () {
    const { sql, store } = at
    const [facts] = yield* send(
      at,
      about,
      sql<Facts>`SELECT pg_is_in_recovery() AS standby, current_setting('transaction_read_only') AS read_only,
        current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS synchronous_commit,
        (SELECT relpersistence FROM pg_class WHERE oid = to_regclass('mixpanel_credentials')) AS persistence,
        has_table_privilege('mixpanel_credentials', 'INSERT') AND has_table_privilege('mixpanel_credentials', 'UPDATE') AS may_write,
        host(inet_server_addr()) AS address, (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()) AS encrypted`
    )
    if (facts === undefined) return
    const why = refusal(facts, allowPlain)
    if (why !== null) return yield* new StorageError({ ...about, store, ...why })
    if (!facts.may_write) {
      yield* Effect.logWarning(
        `${store} may be read only by this user: no login is renewed from here. Mend it with: ${grant}`
      )
    } else if (facts.read_only === "on") {
      yield* Effect.logWarning(
        `${store} is read-only by default (default_transaction_read_only): no login is renewed from here.`
      )
    }
    for (const loss of allowVolatile ? [] : losing(facts)) {
      yield* Effect.logWarning(
        `${store} loses logins when it crashes: ${loss}. In a program, allowVolatile says nothing of it.`
      )
    }
  })

interface Leave {
  readonly allowPlain: boolean
  readonly allowVolatile: boolean
}

/** Refuses what loses logins, and warns of what may. */
export const examine = (at: SqlStore, leave: Leave): Effect.Effect<void, StorageError> => {
  const settings = at.sql.onDialectOrElse({ pg: () => postgres(at, leave), orElse: () => Effect.void })
  return Effect.zipRight(examineTable(at), settings)
}
