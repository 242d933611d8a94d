/** Text in columns. */
import { eastAsianWidth } from "get-east-asian-width"
import { line, type Part, TerminalText, text } from "./TerminalText.ts"
import { lazy } from "../../domain/internal/lazy.ts"

/** `Label:   value` lines, the values aligned. */
export const labelled = (rows: ReadonlyArray<readonly [label: string, value: Part]>): TerminalText => {
  const width = Math.max(...rows.map(([label]) => label.length)) + 1
  return TerminalText.join(
    rows.map(([label, value]) => row([text`${`${label}:`.padEnd(width)}`, line(value)])),
    text``
  )
}

/** Columns, two spaces apart, as wide as their widest cell. */
export const table = (rows: ReadonlyArray<ReadonlyArray<Part>>): TerminalText => {
  const cells = rows.map((parts) => parts.map(line))
  const widths = Array.from({ length: rows[0]?.length ?? 0 }, (_, column) =>
    cells.reduce((width, parts) => Math.max(width, widthOf(parts[column]?.value ?? "")), 0)
  )
  return TerminalText.join(
    cells.map((parts) => row(parts.map((cell, column) => padded(cell, widths[column] ?? 0)))),
    text``
  )
}

const row = (cells: ReadonlyArray<TerminalText>): TerminalText =>
  text`${TerminalText.join(cells, text`  `).value.trimEnd()}\n`

const padded = (cell: TerminalText, width: number): TerminalText =>
  text`${cell}${" ".repeat(Math.max(0, width - widthOf(cell.value)))}`

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
