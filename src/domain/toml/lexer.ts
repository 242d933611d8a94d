/**
 * Where the tokens of a TOML text begin and end. The text has been accepted by smol-toml before, so these
 * functions only find ends; they decide nothing about validity, and they always come to an end.
 */
import * as TOML from "smol-toml"

const tab = 0x09
const lineFeed = 0x0a
const carriageReturn = 0x0d
const space = 0x20
const quote = 0x22
const hash = 0x23
const apostrophe = 0x27
const comma = 0x2c
const dot = 0x2e
const backslash = 0x5c
const openBracket = 0x5b
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d

export const codes = { hash, comma, openBracket, closeBracket, closeBrace, openBrace } as const

export const skipBlanks = (text: string, at: number): number => {
  let end = at
  while (text.charCodeAt(end) === space || text.charCodeAt(end) === tab) end++
  return end
}

const trimBlanks = (text: string, at: number): number => {
  let end = at
  while (text.charCodeAt(end - 1) === space || text.charCodeAt(end - 1) === tab) end--
  return end
}

export const nextLine = (text: string, at: number): number => {
  const feed = text.indexOf("\n", at)
  return feed < 0 ? text.length : feed + 1
}

export const previousLine = (text: string, at: number): number => (at < 2 ? 0 : text.lastIndexOf("\n", at - 2) + 1)

export const lineStart = (text: string, at: number): number => (at < 1 ? 0 : text.lastIndexOf("\n", at - 1) + 1)

export const isLineEnd = (text: string, at: number): boolean =>
  at >= text.length || text.charCodeAt(at) === lineFeed || text.charCodeAt(at) === carriageReturn

export const isBlankLine = (text: string, at: number): boolean => isLineEnd(text, skipBlanks(text, at))

export const isCommentLine = (text: string, at: number): boolean => text.charCodeAt(skipBlanks(text, at)) === hash

const isQuote = (code: number): boolean => code === quote || code === apostrophe

const skipString = (text: string, at: number): number => {
  const mark = text.charCodeAt(at)
  return isTripled(text, at, mark) ? skipLongString(text, at + 3, mark) : skipShortString(text, at + 1, mark)
}

const isTripled = (text: string, at: number, mark: number): boolean =>
  text.charCodeAt(at + 1) === mark && text.charCodeAt(at + 2) === mark

const skipShortString = (text: string, at: number, mark: number): number => {
  let end = at
  for (let code = text.charCodeAt(end); end < text.length && code !== mark; code = text.charCodeAt(end)) {
    end += code === backslash && mark === quote ? 2 : 1
  }
  return end + 1
}

/** A long string may end in up to five quotes, of which the first two belong to it. */
const skipLongString = (text: string, at: number, mark: number): number => {
  let end = at
  while (end < text.length && !(text.charCodeAt(end) === mark && isTripled(text, end, mark))) {
    end += text.charCodeAt(end) === backslash && mark === quote ? 2 : 1
  }
  end += 3
  if (text.charCodeAt(end) === mark) end++
  return text.charCodeAt(end) === mark ? end + 1 : end
}

const skipBrackets = (text: string, at: number): number => {
  let depth = 0
  let i = at
  while (i < text.length) {
    const code = text.charCodeAt(i)
    if (isQuote(code)) i = skipString(text, i)
    else if (code === hash) i = nextLine(text, i)
    else {
      i++
      if (code === openBracket || code === openBrace) depth++
      else if ((code === closeBracket || code === closeBrace) && --depth === 0) return i
    }
  }
  return text.length
}

const endsPlainValue = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at)
  return code === comma || code === hash || code === closeBrace || code === closeBracket || isLineEnd(text, at)
}

/** A number, boolean or date: up to what can follow a value, since a date may hold a space. */
const skipPlain = (text: string, at: number): number => {
  let end = at
  while (!endsPlainValue(text, end)) end++
  return trimBlanks(text, end)
}

export const skipValue = (text: string, at: number): number => {
  const code = text.charCodeAt(at)
  if (isQuote(code)) return skipString(text, at)
  return code === openBracket || code === openBrace ? skipBrackets(text, at) : skipPlain(text, at)
}

export const skipFiller = (text: string, at: number): number => {
  let i = skipBlanks(text, at)
  while (i < text.length && (isLineEnd(text, i) || text.charCodeAt(i) === hash)) {
    i = skipBlanks(text, nextLine(text, i))
  }
  return i
}

export interface Key {
  readonly keys: ReadonlyArray<string>
  readonly end: number
}

export const readKey = (text: string, at: number): Key => {
  const keys: Array<string> = []
  let i = at
  while (true) {
    const start = skipBlanks(text, i)
    const end = isQuote(text.charCodeAt(start)) ? skipString(text, start) : skipBareKey(text, start)
    keys.push(decodeKey(text.slice(start, end)))
    i = skipBlanks(text, end)
    if (text.charCodeAt(i) !== dot) return { keys, end: i }
    i++
  }
}

const isBareKeyCode = (code: number): boolean =>
  (code >= 0x61 && code <= 0x7a) ||
  (code >= 0x41 && code <= 0x5a) ||
  (code >= 0x30 && code <= 0x39) ||
  code === 0x5f ||
  code === 0x2d

const skipBareKey = (text: string, at: number): number => {
  let end = at
  while (isBareKeyCode(text.charCodeAt(end))) end++
  return end
}

/** Escapes are left to smol-toml: two decoders could disagree. */
const decodeKey = (written: string): string => {
  if (!isQuote(written.charCodeAt(0))) return written
  return written.startsWith('"') && written.includes("\\") ? decodeBasic(written) : written.slice(1, -1)
}

const decodeBasic = (written: string): string => String(TOML.parse(`key = ${written}`)["key"])
