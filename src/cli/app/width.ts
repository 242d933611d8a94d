/** How many columns of a terminal a text takes. Plain ASCII, which nearly all text is, needs no table of Unicode. */
import { eastAsianWidth } from "get-east-asian-width"
import { lazy } from "../../domain/internal/lazy.ts"

const segmenter = lazy(() => new Intl.Segmenter())
const invisible = lazy(() => /^[\p{Default_Ignorable_Code_Point}\p{Control}\p{Surrogate}\p{Mn}\p{Me}]/u)
const emoji = lazy(() => new RegExp("^\\p{RGI_Emoji}", "v"))

const widthOfSegment = (segment: string): number => {
  if (invisible().test(segment)) return 0
  return emoji().test(segment) ? 2 : eastAsianWidth(segment.codePointAt(0) ?? 0)
}

export const widthOf = (text: string): number =>
  /^[\x20-\x7e]*$/.test(text)
    ? text.length
    : Array.from(segmenter().segment(text), ({ segment }) => widthOfSegment(segment)).reduce((sum, one) => sum + one, 0)
