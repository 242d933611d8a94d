/** How results are written: the formats, and nothing about what is in them. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { cellText, type Fields, type Json, json, jsonLine } from "./Json.ts"
import { csv, plain } from "./delimited.ts"
import { type Format, isJson } from "./globalFlags.ts"
import { Globals } from "./Globals.ts"
import { inLocale, look } from "./look.ts"
import { labelled, type Look, table } from "./table.ts"
import { Terminal } from "./Terminal.ts"
import { lines, type Part, TerminalText, text } from "./TerminalText.ts"

/** Shows a list of records; `empty` is said instead of an empty table. */
export const list = (
  records: ReadonlyArray<Fields>,
  options: {
    readonly columns: ReadonlyArray<string>
    /** What stands over a column, where that is not its name. */
    readonly headings?: Readonly<Record<string, string>>
    readonly empty: Part
    /** How a cell looks in a table, where that differs from its value. */
    readonly cell?: (column: string, record: Fields) => string | undefined
    readonly default?: Format
    /** What JSON shows, where that is not the list of records. */
    readonly json?: Json
  }
): Effect.Effect<void, never, Globals | Terminal> =>
  withFormat(options.default ?? "table", (format, shown) => {
    if (format === "json") return json(options.json ?? records)
    if (format !== "table") return rows(format, options.columns, records)
    if (records.length === 0) return text`${options.empty}\n`
    const cell = options.cell ?? (() => undefined)
    const cells = [
      options.columns.map((column) => options.headings?.[column] ?? column.toUpperCase()),
      ...records.map((record) =>
        options.columns.map((column) => cell(column, record) ?? cellText(record[column] ?? null))
      )
    ]
    return table(cells, shown)
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
    readonly table?: (look: Look) => TerminalText
    /** How a field looks to a person, where that differs from its value. */
    readonly cell?: (field: string) => string | undefined
    /** The one value that is wanted bare where no structure was asked for. */
    readonly bare?: Part
  } = {}
): Effect.Effect<void, never, Globals | Terminal> =>
  withFormat(options.default ?? "table", (format, shown) => {
    if (format === "json") return json(fields)
    if (options.bare !== undefined && (format === "table" || format === "plain")) return text`${options.bare}\n`
    if (format !== "table") return rows(format, Object.keys(fields), [fields])
    const cell = options.cell ?? (() => undefined)
    return (
      options.table?.(shown) ??
      labelled(Object.entries(fields).map(([key, value]) => [key, cell(key) ?? cellText(value)]))
    )
  })

/** Says what a command did, one line a sentence; programs get the fields instead. */
export const done = (sentences: ReadonlyArray<Part>, fields: Fields): Effect.Effect<void, never, Globals | Terminal> =>
  record(fields, { table: () => lines(sentences) })

/** Writes to stdout in the format that was asked for. */
export const withFormat = (
  fallback: Format,
  render: (format: Format, look: Look) => TerminalText
): Effect.Effect<void, never, Globals | Terminal> =>
  Effect.gen(function* () {
    const format = Option.getOrElse((yield* Globals).format, () => fallback)
    const terminal = yield* Terminal
    const shown = render(format, yield* look)
    yield* terminal.out(format === "table" ? yield* inLocale(shown) : shown)
  })

/** Says something to the person at the terminal, unless `--quiet`. */
export const notice = (message: Part): Effect.Effect<void, never, Globals | Terminal> => say(...noteOf(message))

export const notices = (messages: ReadonlyArray<Part>) => Effect.forEach(messages, notice, { discard: true })

/** Says what a person must learn even with `--quiet`: that something is used otherwise than it was meant. */
export const warning = (message: Part): Effect.Effect<void, never, Globals | Terminal> => sayAlways(...noteOf(message))

const noteOf = (message: Part): readonly [TerminalText, Fields] => [
  text`note: ${message}\n`,
  { message: String(message) }
]

/** Says on stderr what goes on, unless `--quiet`; programs that read JSON get a note instead. */
export const say = (words: TerminalText, note: Fields): Effect.Effect<void, never, Globals | Terminal> =>
  Effect.flatMap(Globals, ({ quiet }) => (quiet ? Effect.void : sayAlways(words, note)))

/** What a person has to know even with `--quiet`. */
export const sayAlways = (words: TerminalText, note: Fields): Effect.Effect<void, never, Globals | Terminal> =>
  Effect.gen(function* () {
    const { format } = yield* Globals
    const terminal = yield* Terminal
    yield* terminal.err(isJson(Option.getOrUndefined(format)) ? jsonLine({ note }) : yield* inLocale(words))
  })

const rows = (format: "jsonl" | "csv" | "plain", columns: ReadonlyArray<string>, records: ReadonlyArray<Fields>) => {
  if (format === "jsonl") return TerminalText.join(records.map(jsonLine))
  const values = records.map((fields) => columns.map((column) => fields[column] ?? null))
  return format === "plain" ? plain(values) : csv([columns, ...values])
}
