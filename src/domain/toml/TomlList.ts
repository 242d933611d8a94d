import { appendItem, putItemEntries, removeItemLines } from "./listItems.ts"
import { definesList, tablesAt } from "./listText.ts"
import type { TableEdit } from "./edits.ts"
import { asTerminatedAs, holdsAlready, normalised, terminatedLayout, type TomlDocument } from "./TomlDocument.ts"
import {
  emptyTable,
  type TomlEntries,
  type TomlPath,
  type TomlTable,
  withEntries,
  withoutPath,
  withTable
} from "./TomlValue.ts"

/**
 * Makes a table of a list hold exactly these entries, those that are new in this order; the one after the last is added.
 * What is no list of tables is left as it is.
 */
export const putItem = (doc: TomlDocument, path: TomlPath, index: number, entries: TomlEntries): TomlDocument =>
  put(doc, index, { path, entries, isExact: true })

export const setInItem = (
  doc: TomlDocument,
  path: TomlPath,
  index: number,
  ...entry: TomlEntries[number]
): TomlDocument => put(doc, index, { path, entries: [entry], isExact: false })

const put = (doc: TomlDocument, index: number, wanted: TableEdit): TomlDocument => {
  const { path } = wanted
  const edit = normalised(wanted)
  const tables = tablesAt(doc.value, path)
  if (tables === null || index > tables.length) return doc
  const table = tables[index]
  if (table !== undefined && holdsAlready(table, edit)) return doc
  const layout = terminatedLayout(doc.text)
  const text = table === undefined ? appendItem(layout, path, edit.entries) : putItemEntries(layout, index, table, edit)
  const written = withEntries(edit.isExact || table === undefined ? emptyTable() : table, edit.entries)
  return {
    text: asTerminatedAs(doc.text, text),
    value: withList(doc.value, path, [...tables.slice(0, index), written, ...tables.slice(index + 1)])
  }
}

export const removeItem = (doc: TomlDocument, path: TomlPath, index: number): TomlDocument => {
  const tables = tablesAt(doc.value, path)
  if (tables === null || index >= tables.length) return doc
  const layout = terminatedLayout(doc.text)
  const left = tables.filter((_, at) => at !== index)
  return {
    text: asTerminatedAs(doc.text, removeItemLines(layout, path, index)),
    value:
      left.length > 0 || definesList(layout, path)
        ? withList(doc.value, path, left)
        : withoutPath(doc.value, path, () => false)
  }
}

const withList = (root: TomlTable, path: TomlPath, items: ReadonlyArray<TomlTable>): TomlTable =>
  withTable(root, path.slice(0, -1), (table) => Object.assign(emptyTable(), table, { [path.at(-1) ?? ""]: items }))
