/** What stands in an inline table, and where. */
import { codes, readKey, skipBlanks, skipFiller, skipValue } from "./lexer.ts"
import { startsWith } from "./layout.ts"
import type { TomlPath } from "./TomlValue.ts"

export interface Piece {
  readonly start: number
  readonly end: number
  readonly commaEnd: number
}

export interface Entry extends Piece {
  readonly keys: TomlPath
  readonly valueStart: number
}

export const readEntries = (text: string): ReadonlyArray<Entry> => {
  const entries: Array<Entry> = []
  let at = skipFiller(text, 1)
  while (at < text.length && text.charCodeAt(at) !== codes.closeBrace) {
    const entry = readEntry(text, at)
    entries.push(entry)
    at = skipFiller(text, Math.max(entry.commaEnd, at + 1))
  }
  return entries
}

const readEntry = (text: string, start: number): Entry => {
  const key = readKey(text, start)
  const valueStart = skipBlanks(text, key.end + 1)
  const end = skipValue(text, valueStart)
  return { keys: key.keys, start, valueStart, end, commaEnd: afterComma(text, end) }
}

export const afterComma = (text: string, end: number): number => {
  const next = skipFiller(text, end)
  return text.charCodeAt(next) === codes.comma ? next + 1 : end
}

export const valueOf = (text: string, entry: Entry): string => text.slice(entry.valueStart, entry.end)

export const holderIn = (entries: ReadonlyArray<Entry>, path: TomlPath): Entry | undefined =>
  entries.find(({ keys }) => startsWith(path, keys))

export const locateInline = (text: string, path: TomlPath): number | undefined => {
  const entries = readEntries(text)
  const holder = holderIn(entries, path)
  if (holder === undefined) return entries.find(({ keys }) => startsWith(keys, path))?.start
  if (holder.keys.length === path.length) return holder.start
  const inner = locateInline(valueOf(text, holder), path.slice(holder.keys.length))
  return inner === undefined ? undefined : holder.valueStart + inner
}
