/**
 * The layout of a TOML text: its blocks (the root and one for each header) and the spans of their `key =
 * value` pairs. One walk over the text; blank lines and comments are what lies between the spans.
 */
import { codes, isLineEnd, nextLine, readKey, skipBlanks, skipValue } from "./lexer.ts"
import type { TomlPath } from "./TomlValue.ts"

export interface Pair {
  readonly keys: TomlPath
  readonly start: number
  readonly keyStart: number
  readonly valueStart: number
  readonly valueEnd: number
  readonly end: number
}

export interface Block {
  readonly kind: "root" | "table" | "array"
  readonly path: TomlPath
  readonly start: number
  readonly headStart: number
  readonly headEnd: number
  readonly pairs: ReadonlyArray<Pair>
}

export interface Layout {
  readonly text: string
  readonly origin: number
  readonly blocks: ReadonlyArray<Block>
}

interface OpenBlock extends Block {
  readonly pairs: Array<Pair>
}

export const originOf = (text: string): number => (text.startsWith("\uFEFF") ? 1 : 0)

export const scan = (text: string): Layout => {
  const origin = originOf(text)
  let block: OpenBlock = { kind: "root", path: [], start: origin, headStart: origin, headEnd: origin, pairs: [] }
  const blocks: Array<Block> = [block]
  for (let at = origin; at < text.length; ) {
    const first = skipBlanks(text, at)
    if (isLineEnd(text, first) || text.charCodeAt(first) === codes.hash) {
      at = nextLine(text, first)
    } else if (text.charCodeAt(first) === codes.openBracket) {
      block = readHeader(text, at, first)
      blocks.push(block)
      at = block.headEnd
    } else {
      const pair = readPair(text, at, first)
      block.pairs.push(pair)
      at = pair.end
    }
  }
  return { text, origin, blocks }
}

const readHeader = (text: string, start: number, headStart: number): OpenBlock => {
  const isArray = text.charCodeAt(headStart + 1) === codes.openBracket
  const key = readKey(text, headStart + (isArray ? 2 : 1))
  const kind = isArray ? "array" : "table"
  return { kind, path: key.keys, start, headStart, headEnd: nextLine(text, key.end), pairs: [] }
}

const readPair = (text: string, start: number, keyStart: number): Pair => {
  const key = readKey(text, keyStart)
  const valueStart = skipBlanks(text, key.end + 1)
  const valueEnd = skipValue(text, valueStart)
  return { keys: key.keys, start, keyStart, valueStart, valueEnd, end: nextLine(text, valueEnd) }
}

export const contentEnd = (block: Block): number => block.pairs.at(-1)?.end ?? block.headEnd

export const startsWith = (path: TomlPath, prefix: TomlPath): boolean =>
  path.length >= prefix.length && prefix.every((key, index) => path[index] === key)

export const samePath = (left: TomlPath, right: TomlPath): boolean =>
  left.length === right.length && startsWith(left, right)

export interface Holder {
  readonly pair: Pair
  readonly rest: TomlPath
}

export const holderOf = (layout: Layout, path: TomlPath): Holder | undefined => {
  for (const block of layout.blocks) {
    if (!startsWith(path, block.path)) continue
    const inner = path.slice(block.path.length)
    const pair = block.pairs.find(({ keys }) => startsWith(inner, keys))
    if (pair !== undefined) return { pair, rest: inner.slice(pair.keys.length) }
  }
  return undefined
}

export const blockOf = (layout: Layout, path: TomlPath): Block | undefined =>
  layout.blocks.find((block) => block.kind !== "array" && samePath(block.path, path))

export interface DottedTable {
  readonly block: Block
  readonly pairs: ReadonlyArray<Pair>
}

export const dottedOf = (layout: Layout, path: TomlPath): DottedTable | undefined => {
  for (const block of layout.blocks) {
    if (block.path.length >= path.length || !startsWith(path, block.path)) continue
    const prefix = path.slice(block.path.length)
    const pairs = block.pairs.filter(({ keys }) => keys.length > prefix.length && startsWith(keys, prefix))
    if (pairs.length > 0) return { block, pairs }
  }
  return undefined
}

export const valueText = (layout: Layout, pair: Pair): string => layout.text.slice(pair.valueStart, pair.valueEnd)
