/** A list of tables (`[[directories]]`) in a text: its tables, and where each stands. */
import * as Option from "effect/Option"
import { afterComma, locateInline, type Piece } from "./inlineEntries.ts"
import { type Block, holderOf, type Layout, type Pair, samePath, scan, startsWith, valueText } from "./layout.ts"
import { codes, skipFiller, skipValue } from "./lexer.ts"
import { positionOf, type TomlDocument, type TomlPosition } from "./TomlText.ts"
import { isTable, type TomlPath, type TomlTable, type TomlValue, valueAt } from "./TomlValue.ts"

const isList = (value: TomlValue | undefined): value is ReadonlyArray<TomlValue> => Array.isArray(value)

export const tablesAt = (root: TomlTable, path: TomlPath): ReadonlyArray<TomlTable> | null => {
  const value = valueAt(root, path)
  if (value === undefined) return []
  if (!isList(value)) return null
  const tables = value.filter(isTable)
  return tables.length === value.length ? tables : null
}

export const listPair = (layout: Layout, path: TomlPath): Pair | undefined => {
  const holder = holderOf(layout, path)
  return holder?.rest.length === 0 ? holder.pair : undefined
}

export const definesList = (layout: Layout, path: TomlPath): boolean => listPair(layout, path) !== undefined

export const readPieces = (text: string): ReadonlyArray<Piece> => {
  const pieces: Array<Piece> = []
  let at = skipFiller(text, 1)
  while (at < text.length && text.charCodeAt(at) !== codes.closeBracket) {
    const end = skipValue(text, at)
    const piece = { start: at, end, commaEnd: afterComma(text, end) }
    pieces.push(piece)
    at = skipFiller(text, Math.max(piece.commaEnd, at + 1))
  }
  return pieces
}

export const blocksOf = ({ blocks }: Layout, path: TomlPath, index: number): ReadonlyArray<Block> => {
  const heads = blocks.flatMap((block, at) => (block.kind === "array" && samePath(block.path, path) ? [at] : []))
  const first = heads[index]
  return first === undefined
    ? []
    : blocks.slice(first, heads[index + 1]).filter((block) => startsWith(block.path, path))
}

const itemOffset = (layout: Layout, path: TomlPath, index: number, key?: string): number | undefined => {
  const pair = listPair(layout, path)
  if (pair === undefined) {
    const [own] = blocksOf(layout, path, index)
    return own?.pairs.find(({ keys }) => keys[0] === key)?.keyStart ?? own?.headStart
  }
  const text = valueText(layout, pair)
  const piece = readPieces(text)[index]
  if (piece === undefined) return pair.keyStart
  const inner = key === undefined ? undefined : locateInline(text.slice(piece.start, piece.end), [key])
  return pair.valueStart + piece.start + (inner ?? 0)
}

export const locateItem = (
  doc: TomlDocument,
  path: TomlPath,
  index: number,
  key?: string
): Option.Option<TomlPosition> =>
  Option.map(Option.fromNullable(itemOffset(scan(doc.text), path, index, key)), (offset) =>
    positionOf(doc.text, offset)
  )
