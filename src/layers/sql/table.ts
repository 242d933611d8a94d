/** The table that entries lie in. */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"

export const tableName = "mixpanel_credentials"

/** Times are epoch milliseconds of the database's clock. A gravestone has an empty value. */
export const columns = {
  namespace: "text NOT NULL",
  key: "text NOT NULL",
  value: "text NOT NULL",
  version: "text NOT NULL",
  holder: "text",
  previous: "text",
  held_until: "bigint",
  expires_at: "bigint"
} as const

/**
 * Makes the table, for those who keep their migrations as text.
 * @since 0.1.0
 * @category stores
 */
export const migrationText: string = `CREATE TABLE IF NOT EXISTS ${tableName} (${Object.entries(columns)
  .map(([name, type]) => `${name} ${type}`)
  .join(", ")}, PRIMARY KEY (namespace, key))`

/**
 * The same for `Migrator.fromRecord`; its key may be another one where that number is taken.
 * @since 0.1.0
 * @category stores
 */
export const migrations: Readonly<Record<string, Effect.Effect<void, SqlError, SqlClient.SqlClient>>> = {
  "0001_mixpanel_credentials": Effect.flatMap(SqlClient.SqlClient, (sql) => Effect.asVoid(sql.unsafe(migrationText)))
}
