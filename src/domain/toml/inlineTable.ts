/**
 * Edits inside an inline table `{ a = 1, b = { c = 2 } }`, from its text to its new text. Such a text is
 * short, so a change of several keys is simply one small edit after another.
 */
import { type Entry, holderIn, type Piece, readEntries, valueOf } from "./inlineEntries.ts"
import { codes, isLineEnd, lineStart, nextLine, skipBlanks } from "./lexer.ts"
import { samePath, startsWith } from "./layout.ts"
import { renderKey, renderNested } from "./render.ts"
import type { TomlPath } from "./TomlValue.ts"

export const splice = (text: string, start: number, end: number, value: string): string =>
  text.slice(0, start) + value + text.slice(end)

/** Where an entry that is new goes: `"last"`, `"first"`, or after the entry with these keys. */
export type InlinePlace = "last" | "first" | TomlPath

export const setInline = (text: string, path: TomlPath, rendered: string, place: InlinePlace): string => {
  const entries = readEntries(text)
  const holder = holderIn(entries, path)
  if (holder === undefined) return addEntry(text, entries, path, rendered, place)
  if (samePath(holder.keys, path)) return splice(text, holder.valueStart, holder.end, rendered)
  const depth = holder.keys.length
  const innerPlace = typeof place === "string" ? place : place.slice(depth)
  const value = setInline(valueOf(text, holder), path.slice(depth), rendered, innerPlace)
  return splice(text, holder.valueStart, holder.end, value)
}

const sharedDepth = (left: TomlPath, right: TomlPath): number => {
  let depth = 0
  while (depth < left.length && left[depth] === right[depth]) depth++
  return depth
}

/** A table written with dotted keys can only grow by dotted keys, so the new key takes on what it shares. */
const addEntry = (
  text: string,
  entries: ReadonlyArray<Entry>,
  path: TomlPath,
  rendered: string,
  place: InlinePlace
): string => {
  const depth = Math.max(0, ...entries.map(({ keys }) => sharedDepth(keys, path)))
  const entry = `${renderKey(path.slice(0, depth + 1))} = ${renderNested(path.slice(depth + 1), rendered)}`
  const kin = entries.filter(({ keys }) => startsWith(keys, path.slice(0, depth)))
  const first = kin[0]
  if (place === "first" && first !== undefined) return splice(text, first.start, first.start, `${entry}, `)
  const named = typeof place === "string" ? undefined : kin.find(({ keys }) => samePath(keys, place))
  const anchor = named ?? kin.at(-1)
  if (anchor !== undefined) return splice(text, anchor.end, anchor.end, `, ${entry}`)
  return splice(text, 1, 1, ` ${entry}${text.charCodeAt(1) === codes.closeBrace ? " " : ""}`)
}

export const removeInline = (text: string, path: TomlPath): string => {
  const entries = readEntries(text)
  const holder = holderIn(entries, path)
  if (holder !== undefined && holder.keys.length < path.length) {
    const value = removeInline(valueOf(text, holder), path.slice(holder.keys.length))
    return splice(text, holder.valueStart, holder.end, value)
  }
  const index = entries.findIndex(({ keys }) => startsWith(keys, path))
  return index < 0 ? text : removeInline(dropPiece(text, entries, index, "{}"), path)
}

/** A table or list without one of its pieces; `emptied` is one of which nothing is left. */
export const dropPiece = (text: string, pieces: ReadonlyArray<Piece>, index: number, emptied: string): string => {
  const entry = pieces[index]
  if (entry === undefined) return text
  const previous = pieces[index - 1]
  if (pieces.length === 1 && isOneLine(text)) return emptied
  const isLastOfLine = entry.commaEnd === entry.end && previous !== undefined
  if (isLastOfLine && isOneLine(text.slice(previous.end, entry.start))) return splice(text, previous.end, entry.end, "")
  return dropWithComma(text, entry)
}

const isOneLine = (text: string): boolean => !text.includes("\n")

/** A table over several lines may end in a comma, so the one before can stay; a line left empty goes. */
const dropWithComma = (text: string, entry: Piece): string => {
  const end = skipBlanks(text, entry.commaEnd)
  const line = lineStart(text, entry.start)
  const isWholeLine = isLineEnd(text, end) && line > 0 && skipBlanks(text, line) === entry.start
  return isWholeLine ? splice(text, line, nextLine(text, end), "") : splice(text, entry.start, end, "")
}

export const definesInline = (text: string, path: TomlPath): boolean => {
  const holder = holderIn(readEntries(text), path)
  if (holder === undefined) return false
  return holder.keys.length === path.length || definesInline(valueOf(text, holder), path.slice(holder.keys.length))
}
