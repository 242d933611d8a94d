/** Text in columns. */
import { onOneLine } from "../../domain/internal/unseen.ts"
import { styled } from "./styled.ts"
import { widthOf, withoutIndent, wrapped } from "./wrapped.ts"
import { type Part, TerminalText, text } from "./TerminalText.ts"

/** `Label:   value` lines, the values aligned. */
export const labelled = (rows: ReadonlyArray<readonly [label: string, value: Part]>): TerminalText => {
  const width = Math.max(...rows.map(([label]) => label.length)) + 1
  return TerminalText.join(
    rows.map(([label, value]) => text`${text`${`${label}:`.padEnd(width)}  ${value}`.value.trimEnd()}\n`),
    text``
  )
}

/** How a table is shown: in how many columns, and whether its heading stands out. */
export interface Look {
  readonly columns: number
  readonly isStyled: boolean
}

/** Columns, two spaces apart, as wide as their widest cell, or narrower where all of them have to fit. */
export const table = (rows: ReadonlyArray<ReadonlyArray<string>>, look: Look): TerminalText => {
  const cells = rows.map((row) => row.map(onOneLine))
  const widest = (rows[0] ?? []).map((_, column) =>
    cells.reduce((width, row) => Math.max(width, widthOf(row[column] ?? "")), 0)
  )
  const room = look.columns - 2 * (widest.length - 1)
  if (sum(widest.map((width) => Math.min(width, narrowest))) > room) return blocks(cells, look)
  const widths = fitting(widest, room)
  const isNarrowed = sum(widths) < sum(widest)
  const [heading = "", ...others] = cells.map((row) => (isNarrowed ? beside(row, widths) : lineOf(row, widths)))
  return TerminalText.join([styled("bold", heading, look.isStyled), ...others, ""], text`\n`)
}

const sum = (numbers: ReadonlyArray<number>): number => numbers.reduce((total, one) => total + one, 0)

/** Cells beside each other, each in lines of its column's width. */
const beside = (row: ReadonlyArray<string>, widths: ReadonlyArray<number>): TerminalText => {
  const parts = row.map((cell, column) => wrapped(cell, widths[column] ?? 1))
  const height = Math.max(...parts.map(({ length }) => length))
  const lines = Array.from({ length: height }, (_, at) =>
    lineOf(
      parts.map((lines) => lines[at] ?? ""),
      widths
    )
  )
  return TerminalText.join(lines, text`\n`)
}

const lineOf = (cells: ReadonlyArray<string>, widths: ReadonlyArray<number>): string =>
  cells
    .map((cell, column) => padded(withoutIndent(cell), widths[column] ?? 0))
    .join("  ")
    .trimEnd()

const padded = (cell: string, width: number): string => cell.padEnd(cell.length + width - widthOf(cell))

/** Where columns do not fit beside each other: a block for each row, with a line for each cell that says something. */
const blocks = ([headings = [], ...rows]: ReadonlyArray<ReadonlyArray<string>>, look: Look): TerminalText => {
  const width = Math.max(...headings.map(widthOf))
  const room = Math.max(narrowest, look.columns - width - 2)
  const block = (row: ReadonlyArray<string>): TerminalText =>
    TerminalText.join(
      headings.flatMap((heading, column) => {
        const [first = "", ...others] = wrapped(row[column] ?? "", room)
        const indent = " ".repeat(width + 2)
        return first === ""
          ? []
          : [
              text`${styled("bold", padded(heading, width), look.isStyled)}  ${first}\n`,
              ...others.map((line) => text`${TerminalText.lines(indent + line)}\n`)
            ]
      }),
      text``
    )
  return TerminalText.join(rows.map(block), text`\n`)
}

/** What a column needs at least, so that it can still be read. */
const narrowest = 12

/** The widest columns give way, one by one, until all of them fit. */
const fitting = (widths: ReadonlyArray<number>, room: number): ReadonlyArray<number> => {
  const widest = Math.max(0, ...widths)
  const excess = sum(widths) - room
  if (excess <= 0 || widest <= narrowest) return widths
  const at = widths.indexOf(widest)
  const next = Math.max(narrowest, ...widths.filter((_, column) => column !== at))
  const least = next < widest ? next : widest - 1
  return fitting(
    widths.map((width, column) => (column === at ? Math.max(least, widest - excess) : width)),
    room
  )
}
