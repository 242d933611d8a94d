/**
 * Commands that people paste: one line of `sh`, in which text from files, servers and arguments stands quoted. A
 * `Command` comes out of the template below and of nothing else, so that no other string can be offered as one.
 */
import * as Brand from "effect/Brand"
import { lazy } from "../internal/lazy.ts"
import { unseen } from "../internal/unseen.ts"

/**
 * One line for `sh`. Words in capitals (`NAME`, `ID`) are for the reader to choose; pasted as they are, they do no harm.
 * @since 0.1.0
 * @category models
 */
export type Command = string & Brand.Brand<"Command">

export type Word = string | number | ReadonlyArray<string>

/** A command from its words. What is written in the template is code of ours; every value in it is quoted. */
export const command = (code: TemplateStringsArray, ...words: ReadonlyArray<Word>): Command =>
  onOneLine(code.map((text, index) => followed(text, words[index])).join(""))

export const inTurn = (first: Command, second: Command): Command => branded(`${first} && ${second}`)

/** The same about the files of this machine, where a store that machines share is set. */
export const onThisMachine = (line: Command): Command =>
  line.startsWith("mp ") ? branded(`env -u MP_STORE ${line}`) : line

/** The command line that failed, changed: only who has it can write it out. */
export interface Again {
  /** Flags to leave out, without `--`. */
  readonly without?: ReadonlyArray<string>
  /** Flags to add, or to give another value. */
  readonly flags?: ReadonlyArray<readonly [name: string, value?: string]>
  /** An argument to replace by another one, or (`null`) to leave out. */
  readonly argument?: readonly [from: string, to: string | null]
  /** Whether a secret is to be piped into it, or the text that is. */
  readonly piped?: boolean | string
  readonly after?: Command
}

/** A command that reads a secret from stdin; the variable stands for wherever the reader has it. */
export const withSecret = (line: Command): Command => branded(`printf %s "$SECRET" | ${line}`)

export const withInput = (text: string, line: Command): Command => branded(`echo ${quoted(text)} | ${line}`)

/** A name as an argument of `mp`, which must not be taken for a flag. */
export const argument = (name: string): Word => (name.startsWith("-") ? ["--", name] : name)

export const quoted = (word: string): string =>
  /^[\w@%+:,./-][\w@%+=:,./-]*$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`

const followed = (text: string, word: Word | undefined): string => {
  if (word === undefined) return text
  return typeof word === "object" && word.length === 0 ? text.trimEnd() : `${text}${inShell(word)}`
}

const inShell = (word: Word): string => (typeof word === "object" ? word : [String(word)]).map(quoted).join(" ")

/** `printf` of `sh` writes what cannot be shown, and `!`, which means a former line to shells that people type into. */
const onOneLine = (line: string): Command =>
  branded(
    !/^[\x20-\x7e]*$/.test(line) && unseen().test(line)
      ? `eval "$(printf '${line.replace(inPrintf(), (character) => escapes[character] ?? octal(character))}')"`
      : line
  )

const inPrintf = lazy(() => new RegExp(`[\\\\%'!]|${unseen().source}`, "gu"))

const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", "%": "%%" }

const octal = (character: string): string =>
  Array.from(new TextEncoder().encode(character), (byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("")

/** The one place where a string becomes a command. */
const branded = Brand.nominal<Command>()
