/**
 * The edits of a list of tables, from text to text: its tables stand under `[[path]]` headers of their own, or all
 * inside one value.
 */
import { blockAt, editedInline, putEntries, replaceValue, type TableEdit, valueText } from "./edits.ts"
import { afterComma, dropPiece, locateInline, type Piece, splice } from "./inlineTable.ts"
import { type Block, contentEnd, holderOf, type Layout, type Pair, samePath, startsWith } from "./layout.ts"
import { codes, skipFiller, skipValue } from "./lexer.ts"
import { placeForItem } from "./places.ts"
import { renderInline, renderKey } from "./render.ts"
import { applyChanges } from "./splices.ts"
import type { TomlEntries, TomlPath, TomlTable } from "./TomlValue.ts"

const listPair = (layout: Layout, path: TomlPath): Pair | undefined => {
  const holder = holderOf(layout, path)
  return holder?.rest.length === 0 ? holder.pair : undefined
}

export const definesList = (layout: Layout, path: TomlPath): boolean => listPair(layout, path) !== undefined

const readPieces = (text: string): ReadonlyArray<Piece> => {
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

const blocksOf = ({ blocks }: Layout, path: TomlPath, index: number): ReadonlyArray<Block> => {
  const heads = blocks.flatMap((block, at) => (block.kind === "array" && samePath(block.path, path) ? [at] : []))
  const first = heads[index]
  return first === undefined
    ? []
    : blocks.slice(first, heads[index + 1]).filter((block) => startsWith(block.path, path))
}

export const appendItem = (layout: Layout, path: TomlPath, entries: TomlEntries): string => {
  const pair = listPair(layout, path)
  if (pair !== undefined) {
    const text = valueText(layout, pair)
    const last = readPieces(text).at(-1)
    const added = renderInline(entries)
    return replaceValue(layout, pair, splice(text, last?.end ?? 1, last?.end ?? 1, last ? `, ${added}` : added))
  }
  const changes = blockAt(layout, placeForItem(layout, path), `[[${renderKey(path)}]]`, entries)
  return applyChanges(layout.text, layout.origin, changes)
}

export const putItemEntries = (layout: Layout, index: number, table: TomlTable, edit: TableEdit): string => {
  const pair = listPair(layout, edit.path)
  if (pair === undefined) {
    const [own, ...inner] = blocksOf(layout, edit.path, index)
    // Alone with its blocks, it is edited as any other table.
    return own === undefined
      ? layout.text
      : putEntries({ ...layout, blocks: [{ ...own, kind: "table" }, ...inner] }, table, edit)
  }
  const text = valueText(layout, pair)
  const piece = readPieces(text)[index]
  if (piece === undefined) return layout.text
  const edited = editedInline(text.slice(piece.start, piece.end), [], table, edit)
  return replaceValue(layout, pair, splice(text, piece.start, piece.end, edited))
}

export const removeItemLines = (layout: Layout, path: TomlPath, index: number): string => {
  const pair = listPair(layout, path)
  if (pair !== undefined) {
    const text = valueText(layout, pair)
    return replaceValue(layout, pair, dropPiece(text, readPieces(text), index, "[]"))
  }
  const removals = blocksOf(layout, path, index).map((block) => ({
    start: block.start,
    end: contentEnd(block),
    isBlock: true
  }))
  return applyChanges(layout.text, layout.origin, { removals, insertions: [], replacements: [] })
}

export const itemOffset = (layout: Layout, path: TomlPath, index: number, key?: string): number | undefined => {
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
