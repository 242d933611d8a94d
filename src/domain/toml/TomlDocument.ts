/**
 * A TOML document that can be edited without losing what people wrote into it: an edit changes the lines it
 * must, and comments, blank lines, order, quoting and line endings around them stay byte for byte. A document
 * is its text and its value; every edit works out both, independently, and `isFaithful` compares them.
 */
import { definesTable, putEntries, removePath, type TableEdit } from "./edits.ts"
import { type Layout, originOf, scan } from "./layout.ts"
import { renamedText } from "./renameKey.ts"
import { wellFormed } from "./render.ts"
import { newlineOf } from "./splices.ts"
import { isFaithful, type TomlDocument } from "./TomlText.ts"
import {
  emptyTable,
  isTable,
  isWritable,
  tableAt,
  type TomlEntries,
  type TomlPath,
  type TomlTable,
  type TomlWritable,
  valueAt,
  withEntries,
  withoutPath,
  withTable
} from "./TomlValue.ts"

export { empty, isFaithful, locate, parse, type TomlDocument } from "./TomlText.ts"
export type { TomlEntries, TomlPath, TomlScalar, TomlTable, TomlValue, TomlWritable } from "./TomlValue.ts"

/**
 * Sets the key at a path. A table on the way that does not exist is created, a value on the way that is not
 * a table makes room for one, and a table at the path itself makes room for the value.
 */
export const set = (doc: TomlDocument, path: TomlPath, value: TomlWritable): TomlDocument => {
  const key = path.at(-1)
  return key === undefined ? doc : put(doc, { path: path.slice(0, -1), entries: [[key, value]], isExact: false })
}

export const putTable = (doc: TomlDocument, path: TomlPath, entries: TomlEntries): TomlDocument =>
  put(doc, { path, entries, isExact: true })

/**
 * Removes the key or the table (with its sub-tables) at a path; a path through an array names nothing.
 * A parent that only existed through it is gone with it, as the text then says.
 */
export const remove = (doc: TomlDocument, path: TomlPath): TomlDocument => {
  if (path.length === 0 || valueAt(doc.value, path) === undefined) return doc
  const layout = terminatedLayout(doc.text)
  return {
    text: asTerminatedAs(doc.text, removePath(layout, path)),
    value: withoutPath(doc.value, path, (table) => definesTable(layout, table))
  }
}

/**
 * Gives the table at a path another name (a last key that its parent does not have), where it stands. One that is
 * written inside another value is written anew, with the scalars and the lists of strings that are in it.
 */
export const rename = (doc: TomlDocument, path: TomlPath, name: string): TomlDocument => {
  const key = path.at(-1) ?? ""
  const parent = path.slice(0, -1)
  const inPlace = {
    text: renamedText(scan(doc.text), path, name),
    value: withTable(doc.value, parent, (table) =>
      Object.assign(
        emptyTable(),
        ...Object.entries(table).map(([one, value]) => ({ [one === key ? name : one]: value }))
      )
    )
  }
  if (isFaithful(inPlace)) return inPlace
  const entries = Object.entries(tableAt(doc.value, path)).flatMap(
    ([one, value]): TomlEntries => (isWritable(value) ? [[one, value]] : [])
  )
  return remove(putTable(doc, [...parent, name], entries), path)
}

const put = (doc: TomlDocument, wanted: TableEdit): TomlDocument => {
  const edit = normalised(wanted)
  const base = withRoomFor(doc, edit.path)
  const current = valueAt(base.value, edit.path)
  const table = isTable(current) ? current : emptyTable()
  if (isTable(current) && holdsAlready(current, edit)) return base
  return {
    text: asTerminatedAs(base.text, putEntries(terminatedLayout(base.text), table, edit)),
    value: withTable(base.value, edit.path, () => withEntries(edit.isExact ? emptyTable() : table, edit.entries))
  }
}

/** The last of two entries for one key counts; nothing is kept that no UTF-8 file could hold. */
export const normalised = ({ entries, isExact, path }: TableEdit): TableEdit => ({
  path: path.map(wellFormed),
  entries: [...new Map(entries.map(([key, value]) => [wellFormed(key), wellFormedValue(value)]))],
  isExact
})

const wellFormedValue = (value: TomlWritable): TomlWritable => {
  if (typeof value === "object") return value.map(wellFormed)
  return typeof value === "string" ? wellFormed(value) : value
}

export const holdsAlready = (table: TomlTable, { entries, isExact }: TableEdit): boolean =>
  (!isExact || Object.keys(table).length === entries.length) &&
  entries.every(([key, value]) => Object.is(table[key], value))

/** The document without the value on the way to a table that is not a table itself. */
const withRoomFor = (doc: TomlDocument, path: TomlPath): TomlDocument => {
  const prefixes = path.map((_, index) => path.slice(0, index + 1))
  const blocking = prefixes.find((prefix) => {
    const value = valueAt(doc.value, prefix)
    return value !== undefined && !isTable(value)
  })
  return blocking === undefined ? doc : remove(doc, blocking)
}

/** Edits work on whole lines, so a missing last line end is added before and taken away after. */
export const terminatedLayout = (text: string): Layout => scan(isTerminated(text) ? text : text + newlineOf(text))

const isTerminated = (text: string): boolean => text.length === originOf(text) || text.endsWith("\n")

export const asTerminatedAs = (original: string, edited: string): string => {
  if (isTerminated(original) || !edited.endsWith("\n")) return edited
  return edited.slice(0, edited.endsWith("\r\n") ? -2 : -1)
}
