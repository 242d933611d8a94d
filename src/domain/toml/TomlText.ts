/** A TOML text with what it says, and where in it something stands. */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as TOML from "smol-toml"
import { locateInline } from "./inlineEntries.ts"
import { dottedOf, holderOf, type Layout, samePath, scan, startsWith, valueText } from "./layout.ts"
import { lineStart } from "./lexer.ts"
import { readPlain } from "./plain.ts"
import { syntaxErrorOf, type TomlSyntaxError } from "./syntaxError.ts"
import { emptyTable, sameValue, type TomlPath, type TomlTable, valueAt } from "./TomlValue.ts"

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
