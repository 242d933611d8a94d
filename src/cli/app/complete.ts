/**
 * What `mp __complete -- WORDS…` answers, which the scripts of all shells ask when Tab is pressed: a line that says of
 * what kind the last word is, and for words one line each, with its meaning behind a tab.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { TerminalText } from "./TerminalText.ts"
import { argumentsOf, type Facts, type FlagFacts, flagsOf, type GroupFacts } from "./facts.ts"
import { globalFlags } from "./globalFlags.ts"
import { Accounts } from "../../services/config/Accounts.ts"
import { Targets } from "../../services/config/Targets.ts"

export const complete = (root: GroupFacts, words: ReadonlyArray<string>) =>
  Effect.map(lookedUp(expectedAt(root, words)), (answer) => TerminalText.lines(answer))

const lookedUp = ({ expected, prefix }: AtEnd): Effect.Effect<string, never, Accounts | Targets> => {
  switch (expected.kind) {
    case "words":
      return Effect.succeed(wordsAnswer(prefix, expected.words))
    case "accounts":
      return Effect.map(accountNames, (names) => wordsAnswer(prefix, names.map(named)))
    case "targets":
      return Effect.map(targetNames, (names) => wordsAnswer(prefix, names.map(named)))
    case "command":
      return Effect.succeed(`command ${expected.first}\n`)
    default:
      return Effect.succeed(`${expected.kind}\n`)
  }
}

const named = (word: string): Described => ({ word, description: "" })

/** A word that would not be printed as it is cannot be offered. */
const wordsAnswer = (prefix: string, words: ReadonlyArray<Described>): string =>
  [
    "words",
    ...words
      .filter(({ word }) => TerminalText.exactly(word) !== undefined)
      .map(({ description, word }) => [prefix + word, ...(description === "" ? [] : [description])].join("\t")),
    ""
  ].join("\n")

/** Whoever presses Tab is told nothing of a configuration that cannot be read: there are no names then. */
const orNone = <R>(names: Effect.Effect<ReadonlyArray<string>, unknown, R>) =>
  Effect.catchAll(names, () => Effect.succeed<ReadonlyArray<string>>([]))

const accountNames = orNone(
  Effect.flatMap(Accounts, ({ list }) => list).pipe(
    Effect.map((all) => all.map(Either.match({ onLeft: ({ name }) => name, onRight: ({ account }) => account.name })))
  )
)

const targetNames = orNone(
  Effect.flatMap(Targets, ({ list }) => list).pipe(
    Effect.map((all) => all.flatMap(({ name, value }) => (Either.isRight(value) ? [name] : [])))
  )
)

export interface Described {
  readonly word: string
  readonly description: string
}

/** Known words, names that are looked up, or what the shell knows by itself. */
export type Expected =
  | { readonly kind: "words"; readonly words: ReadonlyArray<Described> }
  | { readonly kind: "accounts" | "targets" | "files" | "variables" }
  /** A program and its arguments; `first` is the place of the program behind `mp`. */
  | { readonly kind: "command"; readonly first: number }

/** An expected word, and what stands before it in the same word (`--format=`). */
export interface AtEnd {
  readonly expected: Expected
  readonly prefix: string
}

interface Place {
  readonly path: ReadonlyArray<string>
  readonly facts: Facts
  /** How many arguments there are already. */
  readonly count: number
  /** The flag whose value comes next. */
  readonly flag: FlagFacts | undefined
}

/** What the last of the words can be. */
export const expectedAt = (root: GroupFacts, words: ReadonlyArray<string>): AtEnd => {
  // Behind `help` stands a topic or the words of a command.
  const help = words[0] === "help" ? root.children.find(({ name }) => name === "help") : undefined
  if (help?.kind === "group" && words.length > 1) {
    const topics = words.length === 2 ? help.children : []
    return expectedAt({ ...root, children: [...root.children, ...topics] }, words.slice(1))
  }
  const before = words.slice(0, -1)
  const current = words.at(-1) ?? ""
  const end = before.indexOf("--")
  const start: Place = { path: [], facts: root, count: 0, flag: undefined }
  const place = (end === -1 ? before : before.slice(0, end)).reduce(next, start)
  const bare = (expected: Expected): AtEnd => ({ expected, prefix: "" })
  if (end !== -1) return bare(behindDashes(place, end + 2))
  if (place.flag !== undefined) return bare(valuesOf(place, place.flag))
  const [attached] = /^--[^=]+=/.exec(current) ?? []
  const flag = attached === undefined ? undefined : flagOf(place, attached.slice(0, -1))
  if (attached !== undefined && flag !== undefined) return { expected: valuesOf(place, flag), prefix: attached }
  return bare(current.startsWith("-") ? { kind: "words", words: flagWords(place) } : argumentOf(place))
}

const next = (place: Place, word: string): Place => {
  // bash cuts `--format=json` into three words.
  if (place.flag !== undefined) return word === "=" ? place : { ...place, flag: undefined }
  if (word.startsWith("-")) return { ...place, flag: flagOf(place, word) }
  if (place.facts.kind === "command") return { ...place, count: place.count + 1 }
  const child = place.facts.children.find(({ name }) => name === word)
  return child === undefined ? place : { ...place, facts: child, path: [...place.path, word] }
}

const knownFlags = ({ facts }: Place): ReadonlyArray<FlagFacts> => {
  if (facts.kind === "group") return globalFlags
  const globals = globalFlags.map((flag) => ({ ...flag, description: facts.globals[flag.name] ?? flag.description }))
  return [...flagsOf(facts), ...globals]
}

const flagOf = (place: Place, word: string): FlagFacts | undefined =>
  knownFlags(place).find(
    ({ name, short, value }) => value !== undefined && (word === `--${name}` || word === `-${short}`)
  )

const flagWords = (place: Place): ReadonlyArray<Described> =>
  knownFlags(place).flatMap(({ description, name, short }) =>
    [`--${name}`, ...(short === undefined ? [] : [`-${short}`])].map((word) => ({ word, description }))
  )

const nothing: Expected = { kind: "words", words: [] }

const argumentOf = (place: Place): Expected => {
  const { count, facts } = place
  if (facts.kind === "group") {
    return { kind: "words", words: facts.children.map(({ name, summary }) => ({ word: name, description: summary })) }
  }
  const argument = argumentsOf(facts)[count]
  if (argument === undefined) return nothing
  if (argument.rest === true) return { kind: "words", words: [{ word: "--", description: argument.description }] }
  return valuesOf(place, { ...argument, value: argument.name })
}

const behindDashes = ({ facts }: Place, first: number): Expected =>
  facts.kind === "command" && argumentsOf(facts).some(({ rest }) => rest === true)
    ? { kind: "command", first }
    : nothing

/** By the placeholder: an existing NAME is that of an account below `account`, of a target below `target`. */
const valuesOf = (
  { path }: Place,
  { choices, name, value }: Pick<FlagFacts, "choices" | "name" | "value">
): Expected => {
  if (name === "account") return { kind: "accounts" }
  if (name === "target") return { kind: "targets" }
  if (choices !== undefined) return { kind: "words", words: choices.map((word) => ({ word, description: "" })) }
  // An argument has no other name than its placeholder: the PATH of `mp api` is one of a URL.
  if (value === "PATH") return name === "PATH" ? nothing : { kind: "files" }
  if (value === "VAR") return { kind: "variables" }
  if (value === "OLD") return { kind: "accounts" }
  if (value !== "NAME" || path[1] === "add") return nothing
  if (path[0] === "account" || path[0] === "logout") return { kind: "accounts" }
  return path[0] === "target" || path[0] === "use" ? { kind: "targets" } : nothing
}
