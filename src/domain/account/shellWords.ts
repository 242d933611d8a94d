/** A line as a shell would split it into words. No shell will run it, so what only a shell can do is refused. */
import * as Either from "effect/Either"

const special = /[|&;<>()$`*?[\]#~!{}\n]/

const specialInQuotes = /[$`!]/

const needsShell = (character: string) =>
  Either.left(
    `contains ${JSON.stringify(character)}, which only a shell understands, and none is involved; quote it, or give a shell of your own: /bin/sh -c '…'`
  )

export const shellWords = (line: string): Either.Either<ReadonlyArray<string>, string> => {
  const words: Array<string> = []
  let word: string | null = null
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at)
    if (character === " " || character === "\t") {
      if (word !== null) words.push(word)
      word = null
    } else if (character === "'") {
      const end = line.indexOf("'", at + 1)
      if (end < 0) return Either.left("has a quote that is not closed")
      word = (word ?? "") + line.slice(at + 1, end)
      at = end
    } else if (character === '"') {
      const quotedText = insideDoubleQuotes(line, at + 1)
      if (Either.isLeft(quotedText)) return Either.left(quotedText.left)
      word = (word ?? "") + quotedText.right.text
      at = quotedText.right.end
    } else if (character === "\\") {
      if (at + 1 === line.length) return Either.left("ends with a backslash")
      word = (word ?? "") + line.charAt(++at)
    } else if (special.test(character)) return needsShell(character)
    else word = (word ?? "") + character
  }
  if (word !== null) words.push(word)
  return words.length === 0 ? Either.left("is empty") : Either.right(words)
}

/** Between double quotes a backslash keeps its meaning before a few characters only. */
const insideDoubleQuotes = (line: string, start: number) => {
  let text = ""
  for (let at = start; at < line.length; at++) {
    const character = line.charAt(at)
    if (character === '"') return Either.right({ text, end: at })
    if (character === "\\" && /["\\$`]/.test(line.charAt(at + 1))) text += line.charAt(++at)
    else if (specialInQuotes.test(character)) return needsShell(character)
    else text += character
  }
  return Either.left("has a quote that is not closed")
}
