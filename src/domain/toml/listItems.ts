/**
 * The edits of a list of tables, from text to text: its tables stand under `[[path]]` headers of their own, or all
 * inside one value.
 */
import { blockAt, editedInline, putEntries, replaceValue, type TableEdit } from "./edits.ts"
import { dropPiece, splice } from "./inlineTable.ts"
import { contentEnd, type Layout, valueText } from "./layout.ts"
import { blocksOf, listPair, readPieces } from "./listText.ts"
import { placeForItem } from "./places.ts"
import { renderInline, renderKey } from "./render.ts"
import { applyChanges } from "./splices.ts"
import type { TomlEntries, TomlPath, TomlTable } from "./TomlValue.ts"

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
