/** What is wrong with a TOML text and where, without a word of the text: the line may hold a secret. */
import { TomlError } from "smol-toml"

export interface TomlSyntaxError {
  readonly line: number
  readonly column: number
  readonly reason: string
}

const prefix = "Invalid TOML document: "

/**
 * smol-toml puts a fixed phrase before the excerpt that it quotes. Should a later version put more there,
 * such as a key in quotes, the phrase gives way to a general one.
 */
const reasonOf = (message: string): string => {
  const phrase = message.split("\n", 1)[0]?.slice(prefix.length) ?? ""
  const isFixedPhrase = message.startsWith(prefix) && /^[a-z][a-z :,.-]{0,99}$/.test(phrase)
  return isFixedPhrase ? phrase.replace(/\.$/, "") : "not valid TOML"
}

export const syntaxErrorOf = (error: unknown): TomlSyntaxError =>
  error instanceof TomlError
    ? { line: error.line, column: error.column, reason: reasonOf(error.message) }
    : { line: 1, column: 1, reason: "not valid TOML" }
