/**
 * A table as an engine: each step is one statement that commits by itself, whatever transaction the program is in, and no
 * connection is held between two of them. A statement that changed nothing is followed by one that says why.
 */
import type * as SqlClient from "@effect/sql/SqlClient"
import { TransactionConnection } from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import type { Fragment, Statement } from "@effect/sql/Statement"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import { StorageError, type StorageOperation, type Why } from "../../domain/storage/StorageError.ts"
import type { Entry } from "../../services/storage/CredentialStorage.ts"
import {
  type ClaimAnswer,
  type Condition,
  type Engine,
  gravestoneMillis,
  withDeadline
} from "../../services/storage/Engine.ts"
import { isConflict, whyNot } from "./failures.ts"

export interface SqlStore {
  readonly sql: SqlClient.SqlClient
  /** Where it is, for messages. */
  readonly store: string
  readonly namespace: string
}

/** Where the database's default makes statements of one transaction each fail for others, they are sent again. */
const afterConflict = Schedule.intersect(Schedule.jittered(Schedule.exponential("5 millis")), Schedule.recurs(8))

const alone = <A>(effect: Effect.Effect<A, SqlError>): Effect.Effect<A, SqlError> =>
  Effect.mapInputContext(effect, (context: Context.Context<never>) => Context.omit(TransactionConnection)(context))

export const send = <A>(
  { store }: Pick<SqlStore, "store">,
  about: { readonly operation: StorageOperation; readonly key: string | null },
  statement: Effect.Effect<A, SqlError>,
  millis?: number
): Effect.Effect<A, StorageError> => {
  const failed = (why: Why) => new StorageError({ ...about, store, ...why })
  return withDeadline(
    Effect.retry(alone(statement), { schedule: afterConflict, while: isConflict }).pipe(
      Effect.mapError((error) => failed(whyNot(error)))
    ),
    failed,
    millis
  )
}

/** The milliseconds of the database's clock, of one that is known. */
export const knownClock = ({ sql, store }: SqlStore): Effect.Effect<Fragment, StorageError> => {
  const reason = "its database is neither Postgres (PGlite) nor SQLite"
  const clock = sql.onDialectOrElse({
    pg: () => sql.literal("(extract(epoch from clock_timestamp()) * 1000)::bigint"),
    sqlite: () => sql.literal("CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"),
    orElse: () => null
  })
  return clock === null
    ? new StorageError({ operation: "open", key: null, store, reason, temporary: false })
    : Effect.succeed(clock)
}

interface Found {
  readonly version: string
  readonly value: string
  readonly holder: string | null
  /** A number, or one as text. */
  readonly millis: number | string | null
}

export const sqlEngine = ({ namespace, sql, store }: SqlStore, now: Fragment): Engine => {
  const run = <Row>(operation: StorageOperation, key: string | null, statement: Statement<Row>) =>
    send({ store }, { operation, key }, statement)

  const isAt = (key: string) => sql`c.namespace = ${namespace} AND c.key = ${key}`
  const isForgotten = sql`(c.expires_at IS NOT NULL AND c.expires_at <= ${now})`
  const isEntry = sql`c.value <> '' AND NOT ${isForgotten}`
  const untilEnd = (millis: number | null) => (millis === null ? sql.literal("NULL") : sql`${now} + ${millis}`)

  /** What is there, where it is to be known why nothing was changed. */
  const found = (operation: StorageOperation, key: string): Effect.Effect<Option.Option<Found>, StorageError> =>
    Effect.map(
      run(
        operation,
        key,
        sql<Found>`SELECT c.version, c.value, c.holder, c.held_until - ${now} AS millis
          FROM mixpanel_credentials AS c WHERE ${isAt(key)} AND NOT ${isForgotten}`
      ),
      ([row]) => Option.fromNullable(row)
    )

  const isOwn = (operation: StorageOperation, key: string, version: string) =>
    found(operation, key).pipe(Effect.map(Option.exists((row) => row.version === version)))

  const givesWay = (condition: Exclude<Condition, { readonly orForgotten?: never; readonly version: string }>) => {
    if (condition === "any") return sql`1 = 1`
    return condition === "absent"
      ? sql`(c.value = '' OR ${isForgotten})`
      : sql`(c.version = ${condition.version} OR ${isForgotten})`
  }

  const insert = (
    key: string,
    { value, version }: Entry,
    millis: number | null,
    condition: Parameters<typeof givesWay>[0]
  ) =>
    sql`INSERT INTO mixpanel_credentials AS c (namespace, key, value, version, expires_at)
      VALUES (${namespace}, ${key}, ${value}, ${version}, ${untilEnd(millis)})
      ON CONFLICT (namespace, key) DO UPDATE SET value = excluded.value, version = excluded.version,
        expires_at = excluded.expires_at, holder = NULL, previous = NULL, held_until = NULL
      WHERE c.version <> excluded.version AND ${givesWay(condition)} RETURNING version`

  const replace = (key: string, { value, version }: Entry, millis: number | null, wanted: string) =>
    sql`UPDATE mixpanel_credentials AS c SET value = ${value}, version = ${version}, expires_at = ${untilEnd(millis)},
        holder = NULL, previous = NULL, held_until = NULL
      WHERE ${isAt(key)} AND c.version = ${wanted} AND c.version <> ${version} AND ${isEntry} RETURNING version`

  const bury = (key: string, gravestone: string, isWanted: Fragment) =>
    sql`UPDATE mixpanel_credentials AS c SET value = '', version = ${gravestone}, expires_at = ${untilEnd(gravestoneMillis)},
        holder = NULL, previous = NULL, held_until = NULL
      WHERE ${isAt(key)} AND ${isEntry} AND ${isWanted} RETURNING version`

  const sweep = sql`DELETE FROM mixpanel_credentials AS c WHERE c.namespace = ${namespace} AND ${isForgotten}`

  return {
    get: (key) =>
      Effect.map(
        run(
          "get",
          key,
          sql<Entry>`SELECT c.value, c.version FROM mixpanel_credentials AS c WHERE ${isAt(key)} AND ${isEntry}`
        ),
        ([row]) => Option.map(Option.fromNullable(row), ({ value, version }) => ({ value, version }))
      ),
    put: (key, entry, { condition, millis }) => {
      const statement =
        typeof condition === "object" && !("orForgotten" in condition)
          ? replace(key, entry, millis, condition.version)
          : insert(key, entry, millis, condition)
      return Effect.flatMap(run("put", key, statement), (rows) =>
        rows.length > 0 ? Effect.succeed(true) : isOwn("put", key, entry.version)
      )
    },
    remove: (key, gravestone, expected) =>
      Effect.gen(function* () {
        const isWanted = expected === "any" ? sql`1 = 1` : sql`c.version = ${expected.version}`
        const buried = yield* run("remove", key, bury(key, gravestone, isWanted))
        if (buried.length > 0) {
          yield* Effect.ignoreLogged(run("remove", null, sweep))
          return "removed"
        }
        const left = yield* found("remove", key)
        if (Option.exists(left, ({ value }) => value !== "")) return "superseded"
        return Option.exists(left, ({ version }) => version === gravestone) ? "removed" : "absent"
      }),
    claim: (key, version, { holder, leaseMillis, takeOver }) =>
      Effect.gen(function* (): Effect.fn.Return<ClaimAnswer, StorageError> {
        const isOver = takeOver ? sql`OR c.held_until <= ${now}` : sql.literal("")
        const [granted] = yield* run(
          "claim",
          key,
          sql<{ readonly previous: string | null }>`UPDATE mixpanel_credentials AS c
            SET previous = CASE WHEN c.holder IS NULL OR c.holder = ${holder} THEN c.previous ELSE c.holder END,
              holder = ${holder}, held_until = ${untilEnd(leaseMillis)}
            WHERE ${isAt(key)} AND c.version = ${version} AND ${isEntry}
              AND (c.holder IS NULL OR c.holder = ${holder} ${isOver}) RETURNING previous`
        )
        if (granted !== undefined) return { _tag: "Granted", previous: granted.previous }
        const held = Option.getOrNull(yield* found("claim", key))
        if (held === null || held.value === "" || held.version !== version) return { _tag: "Superseded" }
        return { _tag: "Held", holder: held.holder ?? "somebody else", millisLeft: Math.max(0, Number(held.millis)) }
      }),
    settle: (key, holder, isUnspent) =>
      Effect.asVoid(
        run(
          "claim",
          key,
          sql`UPDATE mixpanel_credentials AS c SET holder = ${isUnspent ? sql`c.previous` : sql`c.holder`}, previous = NULL,
            held_until = 0 WHERE ${isAt(key)} AND c.holder = ${holder}`
        )
      ),
    list: (prefix) =>
      Stream.fromIterableEffect(
        Effect.map(
          run(
            "list",
            null,
            sql<{ readonly key: string }>`SELECT c.key FROM mixpanel_credentials AS c
              WHERE c.namespace = ${namespace} AND substr(c.key, 1, ${prefix.length}) = ${prefix} AND ${isEntry}`
          ),
          (rows) => rows.map(({ key }) => key)
        )
      ),
    now: Effect.flatMap(run("now", null, sql<{ readonly now: number | string }>`SELECT ${now} AS now`), ([row]) =>
      Effect.succeed(Number(row?.now))
    ),
    describe: (key) => `${key} in ${store}`
  }
}
