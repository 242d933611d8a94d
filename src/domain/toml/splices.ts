/**
 * A set of changes to a text, collected against one layout and applied at once: new values, new lines and
 * removed lines. Every line range ends with a line end; the caller sees to it that the last line has one.
 */
import { isBlankLine, nextLine, previousLine } from "./lexer.ts"

interface Range {
  readonly start: number
  readonly end: number
}

/** Lines to remove; `isBlock` when they are a header's block, whose separating blank line goes with it. */
export interface Removal extends Range {
  readonly isBlock: boolean
}

export interface Insertion {
  readonly at: number
  readonly lines: string
  readonly isParagraph: boolean
}

interface Replacement extends Range {
  readonly value: string
}

export interface Changes {
  readonly removals: ReadonlyArray<Removal>
  readonly insertions: ReadonlyArray<Insertion>
  readonly replacements: ReadonlyArray<Replacement>
}

export const newlineOf = (text: string): string => {
  let feeds = 0
  let returns = 0
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
    feeds++
    if (text.charCodeAt(at - 1) === 0x0d) returns++
  }
  return returns * 2 > feeds ? "\r\n" : "\n"
}

export const paragraph = (text: string, origin: number, at: number, lines: string, newline: string): Insertion => {
  const isFirst = at === origin
  const after = isFirst && at < text.length ? newline : ""
  return { at, lines: `${isFirst ? "" : newline}${lines}${after}`, isParagraph: true }
}

export const applyChanges = (text: string, origin: number, changes: Changes): string => {
  const removed = joinRemovals(text, changes.removals).map((range) => widen(text, origin, range, changes.insertions))
  const added = changes.insertions.map(({ at, lines }) => {
    const start = removed.find((range) => at > range.start && at < range.end)?.start ?? at
    return { start, end: start, value: lines }
  })
  const gone = removed.map(({ start, end }) => ({ start, end, value: "" }))
  return splice(text, [...added, ...gone, ...changes.replacements])
}

/** Stable, so that lines added at one place keep their order and come before what is removed there. */
const splice = (text: string, replacements: ReadonlyArray<Replacement>): string => {
  const parts: Array<string> = []
  let done = 0
  for (const { start, end, value } of replacements.toSorted((left, right) => left.start - right.start)) {
    parts.push(text.slice(done, Math.max(done, start)), value)
    done = Math.max(done, end)
  }
  return parts.join("") + text.slice(done)
}

/** Neighbours become one range, and so do blocks with only blank lines between them. */
const joinRemovals = (text: string, removals: ReadonlyArray<Removal>): ReadonlyArray<Removal> => {
  const joined: Array<Removal> = []
  for (const next of removals.toSorted((left, right) => left.start - right.start)) {
    const last = joined.at(-1)
    if (last !== undefined && areNeighbours(text, last, next)) {
      joined[joined.length - 1] = { start: last.start, end: next.end, isBlock: last.isBlock || next.isBlock }
    } else joined.push(next)
  }
  return joined
}

const areNeighbours = (text: string, left: Removal, right: Removal): boolean => {
  if (!left.isBlock || !right.isBlock) return left.end === right.start
  let at = left.end
  while (at < right.start && isBlankLine(text, at)) at = nextLine(text, at)
  return at >= right.start
}

/** Takes along at most one blank line: the one that would be left over when the range is gone. */
const widen = (text: string, origin: number, range: Removal, added: ReadonlyArray<Insertion>): Removal => {
  const isReplaced = added.some(({ at, isParagraph }) => !isParagraph && at >= range.start && at <= range.end)
  if (isReplaced) return range
  const isBlankAfter = isBlankLine(text, range.end)
  if (range.start === origin) return isBlankAfter ? { ...range, end: nextLine(text, range.end) } : range
  const before = Math.max(origin, previousLine(text, range.start))
  const takesBefore = isBlankLine(text, before) && (range.isBlock || isBlankAfter)
  return takesBefore ? { ...range, start: before } : range
}
