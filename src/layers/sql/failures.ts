/** Why a database did not do what it was asked, in words. What it says itself may quote what it was sent. */
import type { SqlError } from "@effect/sql/SqlError"
import { type Command, command } from "../../domain/hints/Command.ts"
import { postgresForm } from "../../domain/storage/StoreAddress.ts"
import type { Why } from "../../domain/storage/StorageError.ts"
import { unreached } from "../../domain/storage/unreached.ts"
import { columns, migrationText, tableName } from "./table.ts"

/** A statement as a command that is pasted. */
export const statement = (text: string): Command => command`psql "$MP_STORE" -c ${text}`

/** Whoever lacks a right cannot give it to himself. */
export const grant: Command = command`psql postgres://OWNER:PASSWORD@HOST:5432/DATABASE -c ${`GRANT SELECT, INSERT, UPDATE, DELETE ON ${tableName} TO "USER"`}`

const noTable: Why = {
  reason: `the table ${tableName} is missing`,
  temporary: false,
  fixes: [statement(migrationText)]
}

const known: Readonly<Record<string, Why>> = {
  "42P01": noTable,
  "42501": {
    reason: `the user of MP_STORE may not use the table ${tableName}`,
    temporary: false,
    fixes: [grant]
  },
  "25006": { reason: "it is read-only", temporary: true },
  "28P01": { reason: "it does not know the user and password of MP_STORE", temporary: false, fixes: [postgresForm] },
  "28000": { reason: "it does not let the user of MP_STORE in", temporary: false, fixes: [postgresForm] },
  "3D000": { reason: "the database of MP_STORE is not there", temporary: false, fixes: [postgresForm] },
  "53100": { reason: "its disk is full", temporary: true },
  "53300": { reason: "it has no connection left", temporary: true },
  "57P03": { reason: "it is starting or stopping", temporary: true }
}

/** Connections, conflicts, resources, locks, operators, the system. */
const passing = /^(08|40|53|55|57|58)/

const causeOf = ({ cause }: SqlError): object => (typeof cause === "object" && cause !== null ? cause : {})

/** The SQLSTATE, or what SQLite has for one. */
const stateOf = (error: SqlError): string => {
  const cause = causeOf(error)
  return "code" in cause && typeof cause.code === "string" ? cause.code : ""
}

/** SQLite has one code for all that is wrong with a statement. */
const isOf = (error: SqlError, phrase: string): boolean => {
  const cause = causeOf(error)
  return cause instanceof Error && cause.message.includes(phrase)
}

export const isConflict = (error: SqlError): boolean => /^(40001|40P01|SQLITE_BUSY.*)$/.test(stateOf(error))

export const lacksColumn = (error: SqlError): boolean => stateOf(error) === "42703" || isOf(error, "no such column")

export const oldTable = (missing: ReadonlyArray<keyof typeof columns>): Why => ({
  reason: `the table ${tableName} is of an older version: it has no ${missing.join(", ")}`,
  temporary: false,
  fixes: missing.map((name) => statement(`ALTER TABLE ${tableName} ADD COLUMN ${name} ${columns[name]}`))
})

/** What `pg` says by its message alone. */
const byMessage: ReadonlyArray<readonly [phrase: string, why: Why]> = [
  [
    "does not support SSL",
    { reason: "it does not speak TLS, and sslmode of MP_STORE asks for it", temporary: true, fixes: [postgresForm] }
  ],
  [
    "password must be",
    { reason: "it wants a password, and MP_STORE has none", temporary: false, fixes: [postgresForm] }
  ],
  ["timeout", { reason: "no answer arrived in time", temporary: true }]
]

const withoutCode = (error: SqlError): Why | undefined => byMessage.find(([phrase]) => isOf(error, phrase))?.[1]

export const whyNot = (error: SqlError): Why => {
  const state = stateOf(error)
  if (isOf(error, "no such table")) return noTable
  const phrase = known[state]
  if (phrase !== undefined) return phrase
  if (/^[0-9A-Z]{5}$/.test(state) && /[0-9]/.test(state)) {
    return { reason: `it refused the statement (SQLSTATE ${state})`, temporary: passing.test(state) }
  }
  return state.startsWith("SQLITE")
    ? { reason: `it refused the statement (${state})`, temporary: isConflict(error) }
    : (withoutCode(error) ?? unreached(causeOf(error)))
}
