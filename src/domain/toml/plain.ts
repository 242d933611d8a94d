/**
 * Reads the plain part of the language, which `mp` itself writes: headers of one or two bare keys, or of a table in a list
 * (`[[key]]`), and a string without escapes or a whole number on a line. That costs a tenth of reading the whole language, at each start of `mp`.
 */
import { emptyTable, isTable, type TomlTable, type TomlValue } from "./TomlValue.ts"

type OpenTable = Record<string, TomlValue>

/**
 * A line, whatever is on it: a header (1, 2; 3 of a list), a key (4) and its string (5) or number (6), a comment, nothing. No blank can
 * be taken by two of its parts: a long line is read in the time of its length.
 */
const line =
  /[ \t]*(?:(?:\[([\w-]+)(?:\.([\w-]+))?\]|\[\[([\w-]+)\]\]|([\w-]+)[ \t]*=[ \t]*(?:"([^"\\\x00-\x1f\x7f]*)"|(0|[1-9]\d{0,14})))[ \t]*)?(?:#[^\x00-\x08\x0a-\x1f\x7f]*)?(?:\r?\n|$)/y

/** What a plain text says; `null` for any other text, sound or not. */
export const readPlain = (text: string): TomlTable | null => {
  const root: OpenTable = emptyTable()
  const lists = new Map<string, Array<OpenTable>>()
  let table: OpenTable | null = root
  line.lastIndex = 0
  while (line.lastIndex < text.length) {
    const found = line.exec(text)
    if (found === null) return null
    const [, outer, inner, listed, key, string, number] = found
    if (outer !== undefined) {
      const parent = inner === undefined ? root : within(root, outer)
      table = parent === null ? null : added(parent, inner ?? outer)
      if (table === null) return null
    } else if (listed !== undefined) {
      table = appended(root, lists, listed)
      if (table === null) return null
    } else if (key !== undefined) {
      if (key in table) return null
      table[key] = string ?? Number(number)
    }
  }
  return root
}

/** A new table: one that is there already may have been made in a way that forbids to go on with it. */
const added = (parent: OpenTable, key: string): OpenTable | null => {
  if (key in parent) return null
  const table: OpenTable = emptyTable()
  parent[key] = table
  return table
}

/** A new table at the end of a list, which is begun where nothing of that name is there. */
const appended = (root: OpenTable, lists: Map<string, Array<OpenTable>>, key: string): OpenTable | null => {
  const table: OpenTable = emptyTable()
  const list = lists.get(key)
  if (list !== undefined) list.push(table)
  else if (key in root) return null
  else {
    const begun = [table]
    lists.set(key, begun)
    root[key] = begun
  }
  return table
}

const within = (root: OpenTable, key: string): OpenTable | null => {
  const there = root[key]
  if (there === undefined) return added(root, key)
  return isTable(there) ? there : null
}
