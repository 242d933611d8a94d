/** The edits of a document's text. The values tell what is there; the layout tells how it is written. */
import { definesInline, type InlinePlace, removeInline, setInline } from "./inlineTable.ts"
import { locateInline } from "./inlineEntries.ts"
import {
  type Block,
  blockOf,
  contentEnd,
  dottedOf,
  type Holder,
  holderOf,
  type Layout,
  type Pair,
  startsWith,
  valueText
} from "./layout.ts"
import { placeForBlock, placeForRootKeys } from "./places.ts"
import { renderInline, renderKey, renderValue } from "./render.ts"
import { applyChanges, type Changes, type Insertion, newlineOf, paragraph, type Removal } from "./splices.ts"
import type { TomlEntries, TomlPath, TomlWritable, TomlTable } from "./TomlValue.ts"

export interface TableEdit {
  readonly path: TomlPath
  readonly entries: TomlEntries
  readonly isExact: boolean
}

export const putEntries = (layout: Layout, table: TomlTable, edit: TableEdit): string => {
  const holder = holderOf(layout, edit.path)
  if (holder !== undefined) return putInline(layout, holder, table, edit)
  const home = homeOf(layout, edit.path)
  const changes = home === undefined ? newBlock(layout, edit) : linesInHome(layout, home, table, edit)
  const stale = staleKeys(home, table, edit)
  const removals = removalsBelow(layout, edit.path, stale)
  return applyChanges(layout.text, layout.origin, { ...changes, removals })
}

export const removePath = (layout: Layout, path: TomlPath): string => {
  const holder = holderOf(layout, path)
  if (holder !== undefined && holder.rest.length > 0)
    return replaceValue(layout, holder.pair, removeInline(valueText(layout, holder.pair), holder.rest))
  const removals = removalsBelow(layout, path.slice(0, -1), new Set(path.slice(-1)))
  return applyChanges(layout.text, layout.origin, { removals, insertions: [], replacements: [] })
}

export const definesTable = (layout: Layout, path: TomlPath): boolean => {
  if (blockOf(layout, path) !== undefined) return true
  const holder = holderOf(layout, path)
  if (holder === undefined) return false
  return holder.rest.length === 0 || definesInline(valueText(layout, holder.pair), holder.rest)
}

export const replaceValue = (layout: Layout, pair: Pair, value: string): string =>
  layout.text.slice(0, pair.valueStart) + value + layout.text.slice(pair.valueEnd)

interface Home {
  readonly block: Block
  readonly prefix: TomlPath
  readonly pairs: ReadonlyArray<Pair>
}

/** A table written with dotted keys cannot have a header as well, so it comes second. */
const homeOf = (layout: Layout, path: TomlPath): Home | undefined => {
  const block = blockOf(layout, path)
  if (block !== undefined) return { block, prefix: [], pairs: block.pairs }
  const dotted = dottedOf(layout, path)
  return dotted && { ...dotted, prefix: path.slice(dotted.block.path.length) }
}

const pairsByKey = (home: Home): ReadonlyMap<string, Pair> => {
  const depth = home.prefix.length
  const own = home.pairs.filter(({ keys }) => keys.length === depth + 1)
  return new Map(own.map((pair) => [pair.keys[depth] ?? "", pair]))
}

/** Keys to remove: those not wanted, and those that are wanted but hold a table spread over other lines. */
const staleKeys = (home: Home | undefined, table: TomlTable, edit: TableEdit): ReadonlySet<string> => {
  const wanted = new Set(edit.entries.map(([key]) => key))
  const unwanted = edit.isExact ? Object.keys(table).filter((key) => !wanted.has(key)) : []
  const kept = home === undefined ? undefined : pairsByKey(home)
  const rewritten = [...wanted].filter((key) => Object.hasOwn(table, key) && kept?.has(key) !== true)
  return new Set([...unwanted, ...rewritten])
}

const removalsBelow = (layout: Layout, path: TomlPath, keys: ReadonlySet<string>): ReadonlyArray<Removal> =>
  keys.size === 0 ? [] : layout.blocks.flatMap((block) => removalsIn(block, path, keys))

const removalsIn = (block: Block, path: TomlPath, keys: ReadonlySet<string>): ReadonlyArray<Removal> => {
  const depth = path.length - block.path.length
  if (depth < 0)
    return startsWith(block.path, path) && keys.has(block.path[path.length] ?? "")
      ? [{ start: block.start, end: contentEnd(block), isBlock: true }]
      : []
  if (!startsWith(path, block.path)) return []
  const inner = path.slice(block.path.length)
  return block.pairs
    .filter((pair) => pair.keys.length > depth && startsWith(pair.keys, inner) && keys.has(pair.keys[depth] ?? ""))
    .map(({ start, end }) => ({ start, end, isBlock: false }))
}

const newBlock = (layout: Layout, edit: TableEdit): Changes =>
  blockAt(layout, placeForBlock(layout, edit.path), `[${renderKey(edit.path)}]`, edit.entries)

export const blockAt = (layout: Layout, at: number, header: string, entries: TomlEntries): Changes => {
  const newline = newlineOf(layout.text)
  const lines = entries.map(([key, value]) => renderLine("", [key], value, newline))
  const block = `${header}${newline}${lines.join("")}`
  return insertionsOnly([paragraph(layout.text, layout.origin, at, block, newline)])
}

const insertionsOnly = (insertions: ReadonlyArray<Insertion>): Changes => ({
  insertions,
  removals: [],
  replacements: []
})

const renderLine = (indent: string, path: TomlPath, value: TomlWritable, newline: string): string =>
  `${indent}${renderKey(path)} = ${renderValue(value)}${newline}`

const indentOf = (layout: Layout, home: Home): string => {
  const pair = home.pairs.at(-1)
  return pair === undefined
    ? layout.text.slice(home.block.start, home.block.headStart)
    : layout.text.slice(pair.start, pair.keyStart)
}

/** New values in place; new lines after the entry before them, or after all others when not `isExact`. */
const linesInHome = (layout: Layout, home: Home, table: TomlTable, edit: TableEdit): Changes => {
  const newline = newlineOf(layout.text)
  const indent = indentOf(layout, home)
  const existing = pairsByKey(home)
  const added: Array<Insertion> = []
  let at = edit.isExact ? topOf(home) : (home.pairs.at(-1)?.end ?? home.block.headEnd)
  for (const [key, value] of edit.entries) {
    const pair = existing.get(key)
    if (pair === undefined)
      added.push({ at, lines: renderLine(indent, [...home.prefix, key], value, newline), isParagraph: false })
    else if (edit.isExact) at = pair.end
  }
  if (home.prefix.length > 0 && edit.isExact && edit.entries.length === 0)
    added.push({ at, lines: `${indent}${renderKey(home.prefix)} = {}${newline}`, isParagraph: false })
  const insertions = isBareRoot(home) ? asRootParagraph(layout, added, newline) : added
  return { insertions, removals: [], replacements: replacementsIn(existing, table, edit) }
}

const topOf = (home: Home): number =>
  home.block.kind === "root" || home.prefix.length > 0
    ? (home.pairs[0]?.start ?? home.block.headEnd)
    : home.block.headEnd

const isBareRoot = (home: Home): boolean => home.block.kind === "root" && home.pairs.length === 0

const asRootParagraph = (layout: Layout, added: ReadonlyArray<Insertion>, newline: string) => {
  const lines = added.map((insertion) => insertion.lines).join("")
  return lines === "" ? [] : [paragraph(layout.text, layout.origin, placeForRootKeys(layout), lines, newline)]
}

/** A value that is right already keeps the form in which it is written. */
const replacementsIn = (existing: ReadonlyMap<string, Pair>, table: TomlTable, edit: TableEdit) =>
  edit.entries.flatMap(([key, value]) => {
    const pair = existing.get(key)
    return pair === undefined || Object.is(table[key], value)
      ? []
      : [{ start: pair.valueStart, end: pair.valueEnd, value: renderValue(value) }]
  })

const putInline = (layout: Layout, { pair, rest }: Holder, table: TomlTable, edit: TableEdit): string =>
  replaceValue(layout, pair, editedInline(valueText(layout, pair), rest, table, edit))

export const editedInline = (before: string, rest: TomlPath, table: TomlTable, edit: TableEdit): string => {
  const pruned = staleInline(before, rest, table, edit).reduce(
    (text, key) => removeInline(text, [...rest, key]),
    before
  )
  return writeInline(pruned, rest, table, edit)
}

/** As `staleKeys`: what is not wanted, and what is wanted but spread over dotted keys. */
const staleInline = (text: string, rest: TomlPath, table: TomlTable, edit: TableEdit): ReadonlyArray<string> => {
  const wanted = new Set(edit.entries.map(([key]) => key))
  return Object.keys(table).filter((key) => (wanted.has(key) ? !definesInline(text, [...rest, key]) : edit.isExact))
}

const writeInline = (text: string, rest: TomlPath, table: TomlTable, edit: TableEdit): string => {
  const isNew = rest.length > 0 && locateInline(text, rest) === undefined
  if (isNew) return setInline(text, rest, renderInline(edit.entries), "last")
  let place: InlinePlace = edit.isExact ? "first" : "last"
  let edited = text
  for (const [key, value] of edit.entries) {
    const path = [...rest, key]
    if (!Object.is(table[key], value)) edited = setInline(edited, path, renderValue(value), place)
    if (edit.isExact) place = path
  }
  return edited
}
