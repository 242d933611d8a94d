/** Text in columns. */
import { eastAsianWidth } from "get-east-asian-width"
import { lazy } from "../../domain/internal/lazy.ts"
import { onOneLine } from "../../domain/internal/unseen.ts"
import { type Part, TerminalText, text } from "./TerminalText.ts"

/** `Label:   value` lines, the values aligned. */
export const labelled = (rows: ReadonlyArray<readonly [label: string, value: Part]>): TerminalText => {
  const width = Math.max(...rows.map(([label]) => label.length)) + 1
  return TerminalText.join(
    rows.map(([label, value]) => text`${text`${`${label}:`.padEnd(width)}  ${value}`.value.trimEnd()}\n`),
    text``
  )
}

/** Columns, two spaces apart, as wide as their widest cell. */
export const table = (rows: ReadonlyArray<ReadonlyArray<string>>): TerminalText => {
  const cells = rows.map((row) => row.map(onOneLine))
  const widths = Array.from({ length: rows[0]?.length ?? 0 }, (_, column) =>
    cells.reduce((width, row) => Math.max(width, widthOf(row[column] ?? "")), 0)
  )
  const aligned = (row: ReadonlyArray<string>) =>
    row.map((cell, column) => cell + " ".repeat(Math.max(0, (widths[column] ?? 0) - widthOf(cell))))
  return TerminalText.lines(cells.map((row) => `${aligned(row).join("  ").trimEnd()}\n`).join(""))
}

const segmenter = lazy(() => new Intl.Segmenter())
const invisible = lazy(() => /^[\p{Default_Ignorable_Code_Point}\p{Control}\p{Surrogate}\p{Mn}\p{Me}]/u)
const emoji = lazy(() => new RegExp("^\\p{RGI_Emoji}", "v"))

const widthOfSegment = (segment: string): number => {
  if (invisible().test(segment)) return 0
  return emoji().test(segment) ? 2 : eastAsianWidth(segment.codePointAt(0) ?? 0)
}

export const widthOf = (text: string): number =>
  /^[\x20-\x7e]*$/.test(text)
    ? text.length
    : Array.from(segmenter().segment(text), ({ segment }) => widthOfSegment(segment)).reduce((sum, one) => sum + one, 0)
