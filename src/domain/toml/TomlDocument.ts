/**
 * A TOML document that can be edited without losing what people wrote into it: an edit changes the lines it
 * must, and comments, blank lines, order, quoting and line endings around them stay byte for byte. A document
 * is its text and its value; every edit works out both, independently, and `isFaithful` compares them.
 */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as TOML from "smol-toml"
import { definesTable, putEntries, removePath, type TableEdit, valueText } from "./edits.ts"
import { locateInline } from "./inlineTable.ts"
import { dottedOf, holderOf, type Layout, originOf, samePath, scan, startsWith } from "./layout.ts"
import { lineStart } from "./lexer.ts"
import { readPlain } from "./plain.ts"
import { renamedText } from "./renameKey.ts"
import { wellFormed } from "./render.ts"
import { newlineOf } from "./splices.ts"
import { syntaxErrorOf, type TomlSyntaxError } from "./syntaxError.ts"
import {
  emptyTable,
  isTable,
  isWritable,
  sameValue,
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

export type { TomlSyntaxError } from "./syntaxError.ts"
export type { TomlEntries, TomlPath, TomlScalar, TomlTable, TomlValue, TomlWritable } from "./TomlValue.ts"

export interface TomlDocument {
  readonly text: string
  readonly value: TomlTable
}

export interface TomlPosition {
  readonly line: number
  readonly column: number
}

export const empty: TomlDocument = { text: "", value: Object.freeze(emptyTable()) }

/** Integers beyond the safe range become `bigint`s, so a foreign key cannot make a file unreadable. */
const valueOf = (text: string): TomlTable => TOML.parse(text, { integersAsBigInt: "asNeeded" })

export const parse = (text: string): Either.Either<TomlDocument, TomlSyntaxError> =>
  Either.try({ try: () => ({ text, value: readPlain(text) ?? valueOf(text) }), catch: syntaxErrorOf })

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

export const locate = (doc: TomlDocument, path: TomlPath): Option.Option<TomlPosition> =>
  path.length === 0 || valueAt(doc.value, path) === undefined
    ? Option.none()
    : Option.map(Option.fromNullable(offsetOf(scan(doc.text), path)), (offset) => positionOf(doc.text, offset))

/** Whether the text says what the value says, by the parser of the whole language: the one check before a document is written. */
export const isFaithful = (doc: TomlDocument): boolean =>
  Either.match(
    Either.try(() => valueOf(doc.text)),
    { onLeft: () => false, onRight: (value) => sameValue(value, doc.value) }
  )

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

const offsetOf = (layout: Layout, path: TomlPath): number | undefined => {
  const header = layout.blocks.find((block) => block.kind !== "root" && samePath(block.path, path))
  if (header !== undefined) return header.headStart
  const holder = holderOf(layout, path)
  if (holder === undefined) return offsetWithin(layout, path)
  if (holder.rest.length === 0) return holder.pair.keyStart
  const inner = locateInline(valueText(layout, holder.pair), holder.rest)
  return inner === undefined ? undefined : holder.pair.valueStart + inner
}

/** A table without a place of its own stands where the first thing in it does. */
const offsetWithin = (layout: Layout, path: TomlPath): number | undefined =>
  dottedOf(layout, path)?.pairs[0]?.keyStart ??
  layout.blocks.find((block) => block.kind !== "root" && startsWith(block.path, path))?.headStart

export const positionOf = (text: string, offset: number): TomlPosition => {
  const start = lineStart(text, offset)
  let line = 1
  for (let at = text.indexOf("\n"); at >= 0 && at < start; at = text.indexOf("\n", at + 1)) line++
  return { line, column: offset - start + 1 }
}
