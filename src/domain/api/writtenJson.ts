/**
 * Parts of a JSON text as they are written, numbers and all: a value that was parsed has lost the digits of large numbers
 * and the zeros of decimals. The text has to be known as JSON.
 */
import * as Either from "effect/Either"
import { parseJson } from "../internal/json.ts"

const quote = 0x22
const backslash = 0x5c

const behindString = (json: string, start: number): number => {
  let at = start + 1
  while (at < json.length && json.charCodeAt(at) !== quote) at += json.charCodeAt(at) === backslash ? 2 : 1
  return at + 1
}

export const elements = (json: string): ReadonlyArray<string> => {
  const found: Array<string> = []
  let piece = ""
  let from = 0
  let depth = 0
  for (let at = 0; at < json.length; ) {
    const character = json.charAt(at)
    const next = character === '"' ? behindString(json, at) : at + 1
    const isOpening = "[{".includes(character)
    if ("]}".includes(character)) depth -= 1
    if (depth === 0 || " \t\r\n".includes(character) || (depth === 1 && character === ",")) {
      piece += json.slice(from, at)
      if (depth === 1 && character === ",") {
        found.push(piece)
        piece = ""
      }
      from = next
    }
    if (isOpening) depth += 1
    at = next
  }
  return piece === "" ? found : [...found, piece]
}

/** The value of a key of an object; of a key that stands there more than once the last one, as where it is parsed. */
export const member = (object: string, key: string): string | undefined => {
  const values = elements(object).flatMap((piece) => {
    const end = behindString(piece, 0)
    return Either.getOrNull(parseJson(piece.slice(0, end))) === key ? [piece.slice(end + 1)] : []
  })
  return values.at(-1)
}
