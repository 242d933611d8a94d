/** How results are written: the formats, and nothing about what is in them. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Format } from "./formats.ts"
import { Globals } from "./Globals.ts"
import { Terminal } from "./Terminal.ts"
import { widthOf } from "./width.ts"

/** A value as JSON has it. */
export type Json = string | number | boolean | null | ReadonlyArray<Json> | { readonly [key: string]: Json }

/** Any value as JSON has it: what JSON has no word for becomes text, and nothing becomes null. */
export const toJson = (value: unknown): Json => {
  if (value === null || value === undefined) return null
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value
  if (Array.isArray(value)) return value.map(toJson)
  if (value instanceof Date || typeof value !== "object") return String(value)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJson(item)]))
}

/** A record with named fields, in the order in which they are shown. */
export type Fields = { readonly [key: string]: Json }

/** Shows a list of records; `empty` is said instead of an empty table. */
export const list = (
  records: ReadonlyArray<Fields>,
  options: {
    readonly columns: ReadonlyArray<string>
    /** What stands over a column, where that is not its name. */
    readonly headings?: Readonly<Record<string, string>>
    readonly empty: string
    /** How a cell looks in a table, where that differs from its value. */
    readonly cell?: (column: string, record: Fields) => string | undefined
    readonly default?: Format
    /** What JSON shows, where that is not the list of records. */
    readonly json?: Json
  }
): Effect.Effect<void, never, Globals | Terminal> =>
  withFormat(options.default ?? "table", (format) => {
    if (format === "json") return json(options.json ?? records)
    if (format !== "table") return lines(format, options.columns, records)
    if (records.length === 0) return `${options.empty}\n`
    const cell = options.cell ?? (() => undefined)
    return table([
      options.columns.map((column) => options.headings?.[column] ?? column.toUpperCase()),
      ...records.map((record) =>
        options.columns.map((column) => cell(column, record) ?? cellText(record[column] ?? null))
      )
    ])
  })

/** For tables: `*` in these columns where the value is true, and nothing where it is not. */
export const mark =
  (...columns: ReadonlyArray<string>) =>
  (column: string, fields: Fields): string | undefined =>
    columns.includes(column) ? (fields[column] === true ? "*" : "") : undefined

/** Shows one record: as a table it is one line for each field, or what `table` makes of it. */
export const record = (
  fields: Fields,
  options: {
    readonly default?: Format
    readonly table?: () => string
    /** The one value that is wanted bare where no structure was asked for. */
    readonly bare?: string
  } = {}
): Effect.Effect<void, never, Globals | Terminal> =>
  withFormat(options.default ?? "table", (format) => {
    if (format === "json") return json(fields)
    if (options.bare !== undefined && (format === "table" || format === "plain")) return `${options.bare}\n`
    if (format !== "table") return lines(format, Object.keys(fields), [fields])
    return options.table?.() ?? labelled(Object.entries(fields).map(([key, value]) => [key, cellText(value)]))
  })

/** Says what a command did; programs get the fields instead. */
export const done = (
  sentences: ReadonlyArray<string>,
  fields: Fields
): Effect.Effect<void, never, Globals | Terminal> =>
  record(fields, { table: () => sentences.map((sentence) => `${clean(sentence)}\n`).join("") })

/** Writes to stdout in the format that was asked for. */
export const withFormat = (
  fallback: Format,
  render: (format: Format) => string
): Effect.Effect<void, never, Globals | Terminal> =>
  Effect.gen(function* () {
    const { format } = yield* Globals
    const terminal = yield* Terminal
    yield* terminal.out(render(Option.getOrElse(format, () => fallback)))
  })

/** Says something to the person at the terminal, unless `--quiet`. */
export const notice = (text: string): Effect.Effect<void, never, Globals | Terminal> =>
  Effect.gen(function* () {
    const { quiet } = yield* Globals
    const terminal = yield* Terminal
    if (!quiet) yield* terminal.err(`note: ${clean(text)}\n`)
  })

/** Says what a person must learn even with `--quiet`: that something is used otherwise than it was meant. */
export const warning = (text: string): Effect.Effect<void, never, Globals | Terminal> =>
  Effect.gen(function* () {
    const { format } = yield* Globals
    const terminal = yield* Terminal
    const isJson = Option.exists(format, (name) => name === "json" || name === "jsonl")
    yield* terminal.err(isJson ? `${JSON.stringify({ note: { message: text } })}\n` : `note: ${clean(text)}\n`)
  })

/** `Label:   value` lines, the values aligned. */
export const labelled = (rows: ReadonlyArray<readonly [label: string, value: string]>): string => {
  const width = Math.max(...rows.map(([label]) => label.length)) + 1
  return rows.map(([label, value]) => `${`${label}:`.padEnd(width)}  ${value}`.trimEnd().concat("\n")).join("")
}

/** Columns, two spaces apart, as wide as their widest cell. */
export const table = (rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const columns = rows[0]?.length ?? 0
  const widths = Array.from({ length: columns }, (_, column) =>
    rows.reduce((width, row) => Math.max(width, widthOf(row[column] ?? "")), 0)
  )
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => pad(cell, widths[column] ?? 0))
          .join("  ")
          .trimEnd()}\n`
    )
    .join("")
}

const pad = (text: string, width: number): string => text + " ".repeat(Math.max(0, width - widthOf(text)))

const json = (value: Json): string => `${JSON.stringify(value, null, 2)}\n`

const lines = (
  format: "jsonl" | "csv" | "plain",
  columns: ReadonlyArray<string>,
  records: ReadonlyArray<Fields>
): string => {
  if (format === "jsonl") return records.map((fields) => `${JSON.stringify(fields)}\n`).join("")
  const rows = records.map((fields) => columns.map((column) => cellText(fields[column] ?? null)))
  return format === "plain"
    ? rows.map((row) => `${row.map(escapeTsv).join("\t")}\n`).join("")
    : [columns, ...rows].map((row) => `${row.map(quoteCsv).join(",")}\r\n`).join("")
}

const cellText = (value: Json): string => {
  if (value === null) return ""
  if (typeof value === "string") return clean(value)
  if (Array.isArray(value)) return value.map(cellText).join(", ")
  return typeof value === "object" ? clean(JSON.stringify(value)) : String(value)
}

const escapes: Record<string, string> = { "\t": "\\t", "\n": "\\n", "\r": "\\r", "\\": "\\\\" }

const escapeTsv = (text: string): string => text.replace(/[\t\n\r\\]/g, (character) => escapes[character] ?? "")

/** RFC 4180: quoted where it must be, quotes doubled. */
const quoteCsv = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** Text from elsewhere, made harmless for a terminal: no control characters but line breaks and tabs. */
export const clean = (text: string): string => text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "\uFFFD")
