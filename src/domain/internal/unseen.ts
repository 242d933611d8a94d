import { lazy } from "./lazy.ts"

/**
 * Characters that a person does not see, or that act on a terminal instead of being shown: control characters (C0, DEL,
 * C1), line and paragraph separators, bidirectional and zero-width characters, tags and everything else that Unicode
 * has ignored by default, and halves of characters. The two selectors that choose between text and emoji are no such
 * characters: they only follow what is shown. A pattern is made from a text, because V8 looks up the properties that stand in
 * a literal when it parses the file: 5 million instructions in every start.
 */
const pattern = String.raw`(?![\uFE0E\uFE0F])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{DI}]`

export const unseen = lazy(() => new RegExp(pattern, "u"))

const blanks = /[\t\n\v\f\r\u0085\u2028\u2029]+/g

/** Most texts are of these characters: each of them is one column wide and stays as it is. */
export const isPrintable = (text: string): boolean => /^[\x20-\x7e]*$/.test(text)

/** For a plain text, no table of Unicode is loaded. */
const isPlain = (text: string): boolean => /^[\x20-\x7e\n\t]*$/.test(text)

const runs = lazy(() => new RegExp(`(?:${pattern})+`, "gu"))
const inLines = lazy(() => new RegExp(`(?![\\n\\t])(?:${pattern})`, "gu"))

/** A text on one line: line ends and tabs become a blank, and what is not seen becomes visible as `�`. */
export const onOneLine = (text: string): string => {
  if (isPrintable(text)) return text
  return isPlain(text) ? text.replace(blanks, " ") : text.replace(blanks, " ").replace(runs(), "\uFFFD")
}

/** A text with its lines and tabs as they are. Elsewhere than before a line end, a carriage return moves the cursor. */
export const linesOf = (text: string): ReadonlyArray<string> =>
  text.split(/\r?\n/).map((line) => line.split("\t").map(onOneLine).join("\t"))

/** A text in which whatever is not seen is written out (`\u200b`), its line feeds and tabs excepted. In JSON this says the same. */
export const escapeUnseen = (text: string): string =>
  isPlain(text)
    ? text
    : text.replace(inLines(), (character) =>
        Array.from({ length: character.length }, (_, at) => escaped(character.charCodeAt(at))).join("")
      )

const escaped = (unit: number): string => `\\u${unit.toString(16).padStart(4, "0")}`
