/** A text in lines of at most so many columns, broken at blanks, and within a word that is longer than a line. */
import { eastAsianWidth } from "get-east-asian-width"
import { lazy } from "../../domain/internal/lazy.ts"
import { isPrintable } from "../../domain/internal/unseen.ts"

export const wrapped = (text: string, width: number): ReadonlyArray<string> => {
  if (widthOf(text) <= width) return [withoutIndent(text)]
  const lines: Array<string> = []
  let last = ""
  for (const word of text.split(" ").flatMap((long) => pieces(long, width))) {
    const longer = last === "" ? word : `${last} ${word}`
    if (widthOf(longer) <= width) last = longer
    else {
      if (last !== "") lines.push(last)
      last = word
    }
  }
  return [...lines, last]
}

export const withoutIndent = (text: string): string => (text.startsWith(" ") ? text.replace(/^ +/, "") : text)

/** A word in parts that fit. */
const pieces = (word: string, width: number): ReadonlyArray<string> => {
  if (widthOf(word) <= width) return [word]
  const parts: Array<string> = [""]
  for (const { segment } of segmenter().segment(word)) {
    const part = parts.at(-1) ?? ""
    if (part !== "" && widthOf(part) + widthOf(segment) > width) parts.push(segment)
    else parts[parts.length - 1] = part + segment
  }
  return parts
}

const segmenter = lazy(() => new Intl.Segmenter())
const invisible = lazy(() => /^[\p{Default_Ignorable_Code_Point}\p{Control}\p{Surrogate}\p{Mn}\p{Me}]/u)
const emoji = lazy(() => new RegExp("^\\p{RGI_Emoji}", "v"))

const widthOfSegment = (segment: string): number => {
  if (invisible().test(segment)) return 0
  return emoji().test(segment) ? 2 : eastAsianWidth(segment.codePointAt(0) ?? 0)
}

export const widthOf = (text: string): number =>
  isPrintable(text)
    ? text.length
    : Array.from(segmenter().segment(text), ({ segment }) => widthOfSegment(segment)).reduce((sum, one) => sum + one, 0)
