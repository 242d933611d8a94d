/**
 * JSON that others wrote. It is parsed only where it is not nested deeper than those who walk over it can go: a
 * hundred kilobytes of brackets would otherwise overflow the stack of whoever decodes, prints or compares the value.
 */
import * as Either from "effect/Either"

export const maxJsonDepth = 200

/** What is wrong with a text; it says nothing of the text itself. */
export type JsonProblem = "not valid JSON" | "nested too deep"

/**
 * A JSON text as a value, or what is wrong with it. A byte order mark in front is passed over (RFC 8259, section 8.1).
 */
export const parseJson = (
  text: string,
  { maxDepth = maxJsonDepth }: { readonly maxDepth?: number } = {}
): Either.Either<unknown, JsonProblem> =>
  isDeeper(text, maxDepth)
    ? Either.left("nested too deep")
    : Either.try({
        try: (): unknown => JSON.parse(text.charCodeAt(0) === byteOrderMark ? text.slice(1) : text),
        catch: () => "not valid JSON" as const
      })

const byteOrderMark = 0xfeff
const quote = 0x22
const backslash = 0x5c

/** Whether more brackets are open at once than allowed. No recursion, no copy, one look at each character. */
const isDeeper = (text: string, maxDepth: number): boolean => {
  if (text.length <= maxDepth) return false
  let depth = 0
  let isInString = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (isInString) {
      if (code === backslash) at++
      else if (code === quote) isInString = false
    } else if (code === quote) isInString = true
    else if (isOpening(code)) {
      if (++depth > maxDepth) return true
    } else if (isClosing(code)) depth--
  }
  return false
}

/** `[` or `{` */
const isOpening = (code: number): boolean => code === 0x5b || code === 0x7b

/** `]` or `}` */
const isClosing = (code: number): boolean => code === 0x5d || code === 0x7d

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
