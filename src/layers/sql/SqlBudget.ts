/**
 * The budget of all who have the same table: one short transaction for each step, by the clock of the database. Within a
 * process steps take turns, so that one connection does.
 */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import type { Fragment } from "@effect/sql/Statement"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import { advance, type BudgetState, type BudgetLimits, lookAt, type QueryLog } from "../../domain/budget/QueryLog.ts"
import { readLog, writtenLog } from "../../domain/budget/queryLogText.ts"
import type { StorageError } from "../../domain/storage/StorageError.ts"
import {
  type BudgetEngine,
  type BudgetOptions,
  fromBudgetEngine,
  limitsOf
} from "../../services/budget/BudgetEngine.ts"
import { type BudgetKey, QueryBudget } from "../../services/budget/QueryBudget.ts"
import { Crypto, layer as webCrypto } from "../../services/platform/Crypto.ts"
import { checkedNamespace, type SharingOptions } from "../../services/storage/sharing.ts"
import { examineTable } from "./examine.ts"
import { knownClock, send, type SqlStore } from "./SqlEngine.ts"
import { tableName } from "./table.ts"

/**
 * Whose budgets these are, and other limits than Mixpanel's own.
 * @since 0.1.0
 * @category stores
 */
export interface SqlBudgetOptions extends BudgetOptions, Pick<SharingOptions, "namespace"> {}

interface Row {
  readonly value: string | null
  readonly version: string | null
  /** A number, or one as text. */
  readonly now: number | string
}

/** A client of one connection, as PGlite's, has no transactions beside each other. */
const turns = new WeakMap<SqlClient.SqlClient, Effect.Semaphore>()

const turnOf = (client: SqlClient.SqlClient): Effect.Semaphore => {
  const turn = turns.get(client) ?? Effect.unsafeMakeSemaphore(1)
  turns.set(client, turn)
  return turn
}

const logOf = (row: Row | undefined): QueryLog => readLog(row?.value ?? "")

type Change = (row: Row | undefined) => readonly [BudgetState, QueryLog]

/** Where in the table a log is: no store has a namespace with a slash, so that no budget is taken for an entry. */
interface Place extends Pick<SqlStore, "sql"> {
  readonly now: Fragment
  readonly space: string
  readonly name: string
}

const read = ({ name, now, space, sql }: Place): Effect.Effect<Row | undefined, SqlError> =>
  Effect.map(
    sql<Row>`SELECT n.now, c.value, c.version FROM (SELECT ${now} AS now) AS n
      LEFT JOIN mixpanel_credentials AS c ON c.namespace = ${space} AND c.key = ${name}`,
    ([row]) => row
  )

/**
 * The first statement writes, so that the row is this step's until the end. Of a process that is stopped meanwhile the
 * others do not wait for long.
 */
const inTransaction = ({ name, now, space, sql }: Place, change: Change): Effect.Effect<BudgetState, SqlError> =>
  sql.withTransaction(
    Effect.gen(function* () {
      const [row] = yield* sql<Row>`INSERT INTO mixpanel_credentials AS c (namespace, key, value, version)
        VALUES (${space}, ${name}, '', '') ON CONFLICT (namespace, key) DO UPDATE SET version = ''
        RETURNING value, version, ${now} AS now, set_config('idle_in_transaction_session_timeout', '5000', true) AS idle`
      const [answer, log] = change(row)
      yield* sql`UPDATE mixpanel_credentials SET value = ${writtenLog(log)} WHERE namespace = ${space} AND key = ${name}`
      return answer
    })
  )

/**
 * By comparison with what was read: libsql gives a transaction a connection of its own, in which a database in memory is
 * another one.
 */
const byComparison = (place: Place, change: Change): Effect.Effect<BudgetState, SqlError> =>
  Effect.gen(function* () {
    const { name, space, sql } = place
    for (let pause = 5; ; pause = Math.min(2 * pause, longestPause)) {
      const row = yield* read(place)
      const version = row?.version ?? ""
      const [answer, log] = change(row)
      const written = yield* sql`INSERT INTO mixpanel_credentials AS c (namespace, key, value, version)
        VALUES (${space}, ${name}, ${writtenLog(log)}, ${`${Number(version) + 1}`}) ON CONFLICT (namespace, key)
        DO UPDATE SET value = excluded.value, version = excluded.version WHERE c.version = ${version} RETURNING version`
      if (written.length > 0) return answer
      yield* Effect.flatMap(Random.nextIntBetween(1, pause), Effect.sleep)
    }
  })

const longestPause = 100

/** How long a step waits for its turn: of many who ask at once, all before it may take a while. */
const turnMillis = 30_000

const engineOf = (
  { namespace, sql, store }: SqlStore,
  now: Fragment,
  turn: Effect.Semaphore,
  limits: BudgetLimits
): BudgetEngine => {
  const placeOf = ({ host, project }: BudgetKey): Place => ({
    sql,
    now,
    space: `${namespace}/budget`,
    name: `${host}/${project}`
  })
  const asked = <A>(operation: "get" | "put", key: BudgetKey, use: (place: Place) => Effect.Effect<A, SqlError>) => {
    const place = placeOf(key)
    return send({ store }, { operation, key: `budget/${place.name}` }, use(place), turnMillis)
  }
  const writing = sql.onDialectOrElse({ pg: () => inTransaction, orElse: () => byComparison })
  return {
    step: (key, step) =>
      turn.withPermits(1)(
        asked("put", key, (place) => writing(place, (row) => advance(logOf(row), step, Number(row?.now), limits)))
      ),
    look: (key) => Effect.map(asked("get", key, read), (row) => lookAt(logOf(row), Number(row?.now), limits))
  }
}

export const budgetEngine = (
  client: SqlClient.SqlClient,
  { limits, namespace, store }: Omit<SqlStore, "sql"> & { readonly limits: BudgetLimits }
): Effect.Effect<BudgetEngine, StorageError> =>
  Effect.gen(function* () {
    yield* checkedNamespace(store, namespace)
    const at = { sql: client.withoutTransforms(), store, namespace }
    const now = yield* knownClock(at)
    yield* examineTable(at)
    return engineOf(at, now, turnOf(client), limits)
  })

const make = (client: SqlClient.SqlClient, { namespace = "mp", ...options }: SqlBudgetOptions) =>
  Effect.gen(function* () {
    const store = `the table ${tableName} of MP_STORE, namespace ${namespace}`
    const engine = yield* budgetEngine(client, { store, namespace, limits: limitsOf(options) })
    return yield* fromBudgetEngine(engine, yield* Crypto)
  })

/**
 * In the table of the stores (`migrations`), in the database that `SqlClient` is connected to.
 *
 * @example
 * ```ts
 * const budget = budgetLayer({ namespace: "team" }).pipe(Layer.provide(PgClient.layer({ url })))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const budgetLayer = (
  options: SqlBudgetOptions = {}
): Layer.Layer<QueryBudget, StorageError, SqlClient.SqlClient> =>
  Layer.effect(
    QueryBudget,
    Effect.flatMap(SqlClient.SqlClient, (client) => make(client, options))
  ).pipe(Layer.provide(webCrypto))

/**
 * In the database of a client at hand.
 *
 * @example
 * ```ts
 * const app = layerWith({ queryBudget: budgetLayerFrom(sql, { namespace: "team" }) })
 * ```
 * @since 0.1.0
 * @category layers
 */
export const budgetLayerFrom = (
  client: SqlClient.SqlClient,
  options: SqlBudgetOptions = {}
): Layer.Layer<QueryBudget, StorageError> =>
  Layer.effect(QueryBudget, make(client, options)).pipe(Layer.provide(webCrypto))
