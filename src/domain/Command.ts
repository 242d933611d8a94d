/**
 * Commands that people paste: one line of `sh`, in which text from files, servers and arguments stands quoted. A
 * `Command` comes out of the template below and of nothing else, so that no other string can be offered as one.
 */
import * as Brand from "effect/Brand"
import { lazily } from "./lazily.ts"
import { unseen } from "./unseen.ts"

/** One line for `sh`. Words in capitals (`NAME`, `ID`) are for the reader to choose; pasted as they are, they do no harm. */
export type Command = string & Brand.Brand<"Command">

/** What stands in a command as one word, or as several. */
export type Word = string | number | ReadonlyArray<string>

/**
 * A command from its words. What is written in the template is code of ours; every value in it is quoted.
 *
 * @example
 * ```ts
 * command`chmod 600 ${path}`
 * ```
 */
export const command = (code: TemplateStringsArray, ...words: ReadonlyArray<Word>): Command =>
  onOneLine(code.map((text, index) => `${text}${index < words.length ? inShell(words[index]) : ""}`).join(""))

/** The second command where the first succeeds. */
export const inTurn = (first: Command, second: Command): Command => branded(`${first} && ${second}`)

/** A name as an argument of `mp`, which must not be taken for a flag. */
export const argument = (name: string): Word => (name.startsWith("-") ? ["--", name] : name)

/** A word as a shell needs it. */
export const quoted = (word: string): string =>
  /^[\w@%+:,./-][\w@%+=:,./-]*$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`

const inShell = (word: Word = []): string => (typeof word === "object" ? word : [String(word)]).map(quoted).join(" ")

/** `printf` of `sh` writes what cannot be shown, and `!`, which means a former line to shells that people type into. */
const onOneLine = (line: string): Command =>
  branded(
    !/^[\x20-\x7e]*$/.test(line) && unseen().test(line)
      ? `eval "$(printf '${line.replace(inPrintf(), (character) => escapes[character] ?? octal(character))}')"`
      : line
  )

const inPrintf = lazily(() => new RegExp(`[\\\\%'!]|${unseen().source}`, "gu"))

const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", "%": "%%" }

const octal = (character: string): string =>
  Array.from(new TextEncoder().encode(character), (byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("")

/** The one place where a string becomes a command. */
const branded = Brand.nominal<Command>()
