/**
 * What is known of flags, arguments and commands, as plain records. The check of a command line, the help, the usage, the
 * completions and the parsers of @effect/cli are all made from them.
 */
import type * as Option from "effect/Option"

export interface FlagFacts {
  readonly kind: "flag"
  readonly name: string
  readonly short?: string
  /** The placeholder of its value; without one the flag is a switch. */
  readonly value?: string
  readonly description: string
  readonly required?: boolean
  readonly repeated?: boolean
  readonly choices?: ReadonlyArray<string>
}

export interface ArgumentFacts {
  readonly kind: "argument"
  readonly name: string
  readonly description: string
  readonly required: boolean
  /** The switches without which it is needed all the same. */
  readonly requiredWithout?: ReadonlyArray<string>
  readonly choices?: ReadonlyArray<string>
  /** It takes all words behind `--`, and none before. */
  readonly rest?: boolean
}

export const flag = <const F extends Omit<FlagFacts, "kind" | "name">>(name: string, facts: F) => ({
  kind: "flag" as const,
  name,
  ...facts
})

export const argument = <const F extends Omit<ArgumentFacts, "kind" | "name">>(name: string, facts: F) => ({
  kind: "argument" as const,
  name,
  ...facts
})

/** The flags and arguments of a command, by the names that its handler has for them. */
export type Config = { readonly [key: string]: FlagFacts | ArgumentFacts }

/** What a handler is given. */
export type Given<C> = { readonly [K in keyof C]: Value<C[K]> }

export type Value<F> = F extends { readonly repeated: true } | { readonly rest: true }
  ? ReadonlyArray<string>
  : F extends { readonly required: true }
    ? Word<F>
    : F extends { readonly value: string } | { readonly kind: "argument" }
      ? Option.Option<Word<F>>
      : boolean

type Word<F> = F extends { readonly choices: ReadonlyArray<infer Choice> } ? Choice : string

export interface CommandFacts {
  readonly kind: "command"
  readonly name: string
  readonly summary: string
  readonly config: Config
  /** Global flags that mean something particular here, and what. */
  readonly globals: Readonly<Record<string, string>>
  readonly examples: ReadonlyArray<string>
}

export const flagsOf = ({ config }: CommandFacts): ReadonlyArray<FlagFacts> =>
  Object.values(config).filter((facts) => facts.kind === "flag")

export const argumentsOf = ({ config }: CommandFacts): ReadonlyArray<ArgumentFacts> =>
  Object.values(config).filter((facts) => facts.kind === "argument")

export interface GroupFacts {
  readonly kind: "group"
  readonly name: string
  readonly summary: string
  readonly children: ReadonlyArray<Facts>
}

export type Facts = CommandFacts | GroupFacts

/** What a path of names below a group leads to: as far as there are such names. */
export const factsAt = (root: GroupFacts, path: ReadonlyArray<string>): Facts =>
  path.reduce<Facts>(
    (found, name) => (found.kind === "group" ? (found.children.find((child) => child.name === name) ?? found) : found),
    root
  )
