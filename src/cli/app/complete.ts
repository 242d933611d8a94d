/**
 * What `mp __complete -- WORDS…` answers, which the scripts of all shells ask when Tab is pressed: a line that says of
 * what kind the last word is, and for words one line each, with its meaning behind a tab.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { Accounts } from "../../services/config/Accounts.ts"
import { Targets } from "../../services/config/Targets.ts"
import { type AtEnd, type Described, expectedAt } from "./expected.ts"
import type { GroupFacts } from "./facts.ts"
import { TerminalText } from "./TerminalText.ts"

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
  Effect.gen(function* () {
    const accounts = yield* Accounts
    return (yield* accounts.list).map(
      Either.match({ onLeft: ({ name }) => name, onRight: ({ account }) => account.name })
    )
  })
)

const targetNames = orNone(
  Effect.gen(function* () {
    const targets = yield* Targets
    return (yield* targets.list).flatMap(({ name, value }) => (Either.isRight(value) ? [name] : []))
  })
)
