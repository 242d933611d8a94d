/** Values separated by commas or tabs: for programs, and for terminals and spreadsheets, which run what looks like code. */
import { lazy } from "../../domain/internal/lazy.ts"
import { onOneLine } from "../../domain/internal/unseen.ts"
import { cellText, type Json } from "./Json.ts"
import { TerminalText, text } from "./TerminalText.ts"

type Rows = ReadonlyArray<ReadonlyArray<Json>>

/** RFC 4180. */
export const csv = (rows: Rows): TerminalText =>
  TerminalText.join(rows.map((row) => text`${row.map(csvCell).join(",")}\r\n`))

export const plain = (rows: Rows): TerminalText =>
  TerminalText.join(
    rows.map((row) => {
      const cells = row.map((value) => escapeTsv(cellText(value)))
      return text`${TerminalText.join(cells, text`\t`)}\n`
    })
  )

/** What a spreadsheet takes for a formula, also after blanks and quotes, and in full width. Line ends and tabs count as well. */
const formula = lazy(
  () => new RegExp(String.raw`^(?:[\t\r\n]|[\s\p{Cf}\p{Cc}"'\x60]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])`, "u")
)

/** Numbers are ours, and are no code, whatever their sign. */
const csvCell = (value: Json): string => {
  const cell = cellText(value)
  const harmless = typeof value === "number" || !formula().test(cell) ? cell : `'${cell}`
  return quoteCsv(onOneLine(harmless))
}

/** Quoted where it must be, quotes doubled. */
const quoteCsv = (cell: string): string => (/[",]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)

const escapes: Readonly<Record<string, string>> = { "\t": "\\t", "\n": "\\n", "\r": "\\r", "\\": "\\\\" }

const escapeTsv = (cell: string): string => cell.replace(/[\t\n\r\\]/g, (character) => escapes[character] ?? "")
