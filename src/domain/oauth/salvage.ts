/**
 * What can still be read of a JSON object that cannot be parsed: nested too deep, cut off at a bound, or with a `NaN` in
 * it. For the one answer that must not be thrown away: the refresh token that it was given for is spent.
 */
import * as Either from "effect/Either"
import { parseJson } from "../internal/json.ts"

/** The strings at the top of an object, by their names; of two with one name the last, as when it is parsed. */
export const topLevelStrings = (text: string): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  let depth = 0
  let name: string | undefined
  for (let at = text.search(/\S/); at < text.length; at += 1) {
    const character = text[at] ?? ""
    if (depth === 0 && character !== "{") return found
    if (character === '"') {
      const end = endOfString(text, at)
      const value = depth === 1 ? stringIn(text.slice(at, end + 1)) : undefined
      if (name === undefined && isName(text, end + 1)) name = value
      else if (name !== undefined && value !== undefined) found.set(name, value)
      at = end
    } else if (character === "{" || character === "[") depth += 1
    else if (character === "}" || character === "]") depth -= 1
    else if (character === "," && depth === 1) name = undefined
  }
  return found
}

const endOfString = (text: string, start: number): number => {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1
    else if (text[at] === '"') return at
  }
  return text.length
}

const isName = (text: string, from: number): boolean => /^\s{0,64}:/.test(text.slice(from, from + 65))

const stringIn = (quoted: string): string | undefined => {
  const value = Either.getOrUndefined(parseJson(quoted))
  return typeof value === "string" ? value : undefined
}
