/**
 * Where new lines go, so that comments stay with what they describe: a comment run directly above a header
 * belongs to that header, one directly below a block's last line belongs to the block.
 */
import { contentEnd, type Layout, startsWith } from "./layout.ts"
import { isBlankLine, isCommentLine, nextLine, previousLine } from "./lexer.ts"
import type { TomlPath } from "./TomlValue.ts"

const skipComments = (text: string, at: number): number => {
  let end = at
  while (end < text.length && isCommentLine(text, end)) end = nextLine(text, end)
  return end
}

const skipBlankLines = (text: string, at: number): number => {
  let end = at
  while (end < text.length && isBlankLine(text, end)) end = nextLine(text, end)
  return end
}

const backOver = (text: string, floor: number, at: number, belongs: (text: string, at: number) => boolean): number => {
  let start = at
  while (start > floor) {
    const before = Math.max(floor, previousLine(text, start))
    if (!belongs(text, before)) return start
    start = before
  }
  return start
}

const headerAfter = (layout: Layout, index: number): number => layout.blocks[index + 1]?.start ?? layout.text.length

const afterBlock = (layout: Layout, index: number): number => {
  const block = layout.blocks[index]
  const content = block === undefined ? layout.origin : contentEnd(block)
  const end = skipComments(layout.text, content)
  const isNextHeadersComment = end === headerAfter(layout, index) && end < layout.text.length
  return isNextHeadersComment ? content : end
}

/** After the last line that is not blank before a header and its comments, or before the end of the file. */
const beforeHeader = (layout: Layout, index: number): number => {
  const { blocks, origin, text } = layout
  const previous = blocks[index - 1]
  const floor = previous === undefined ? origin : contentEnd(previous)
  const block = blocks[index]
  const comments = block === undefined ? text.length : backOver(text, floor, block.start, isCommentLine)
  return backOver(text, floor, comments, isBlankLine)
}

/** Keys of a root that has none yet: below the comment that opens the file, above the first header. */
export const placeForRootKeys = (layout: Layout): number => {
  const header = layout.blocks[1]
  if (header === undefined) return beforeHeader(layout, 1)
  const start = skipBlankLines(layout.text, layout.origin)
  const end = skipComments(layout.text, start)
  const isOpeningComment = end > start && end < header.start
  return isOpeningComment ? end : layout.origin
}

export const placeForBlock = (layout: Layout, path: TomlPath): number => {
  const firstInner = layout.blocks.findIndex((block) => block.path.length > 0 && startsWith(block.path, path))
  if (firstInner > 0) return beforeHeader(layout, firstInner)
  const parent = path.slice(0, -1)
  const sibling = parent.length === 0 ? -1 : layout.blocks.findLastIndex((block) => startsWith(block.path, parent))
  return sibling > 0 ? afterBlock(layout, sibling) : beforeHeader(layout, layout.blocks.length)
}

export const placeForItem = (layout: Layout, path: TomlPath): number => {
  const last = layout.blocks.findLastIndex((block) => block.kind !== "root" && startsWith(block.path, path))
  return last > 0 ? afterBlock(layout, last) : beforeHeader(layout, layout.blocks.length)
}
