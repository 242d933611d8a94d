/** The commands of `mp` as a tree of declarations, from which everything else about them is derived. */
import * as Args from "@effect/cli/Args"
import type { CliApp } from "@effect/cli/CliApp"
import * as CliConfig from "@effect/cli/CliConfig"
import * as Descriptor from "@effect/cli/CommandDescriptor"
import * as Options from "@effect/cli/Options"
import type { ValidationError } from "@effect/cli/ValidationError"
import * as Effect from "effect/Effect"
import type { CommandError, CommandServices } from "./CommandContext.ts"
import type { Argument, ArgumentSpec, Flag, FlagSpec } from "./flag.ts"

/** A command that does something. */
export interface LeafSpec {
  readonly kind: "leaf"
  readonly name: string
  readonly summary: string
  readonly flags: ReadonlyArray<FlagSpec>
  readonly arguments: ReadonlyArray<ArgumentSpec>
  /** Global flags that mean something particular here, and what. */
  readonly globals: Readonly<Record<string, string>>
  readonly examples: ReadonlyArray<string>
}

/** A command that only groups others. */
export interface GroupSpec {
  readonly kind: "group"
  readonly name: string
  readonly summary: string
  readonly children: ReadonlyArray<Spec>
}

export type Spec = LeafSpec | GroupSpec

/** What @effect/cli may ask for while it parses. */
export type ParserServices = CliApp.Environment

/** A command with its parser and handler; `run` takes the words after the command's own name. */
export interface Leaf {
  readonly spec: LeafSpec
  readonly run: (
    words: ReadonlyArray<string>
  ) => Effect.Effect<void, CommandError | ValidationError, CommandServices | ParserServices>
}

/** A group with its commands. */
export interface Group {
  readonly spec: GroupSpec
  readonly children: ReadonlyArray<Node>
}

export type Node = Leaf | Group

type Flags = Readonly<Record<string, Flag<unknown>>>
type Arguments = Readonly<Record<string, Argument<unknown>>>
type FlagValues<F extends Flags> = { readonly [K in keyof F]: F[K] extends Flag<infer A> ? A : never }
type ArgumentValues<G extends Arguments> = { readonly [K in keyof G]: G[K] extends Argument<infer A> ? A : never }

/** Parses words with the parser of @effect/cli. */
export const parseWords = <A>(
  name: string,
  options: Options.Options<A>,
  words: ReadonlyArray<string>
): Effect.Effect<A, ValidationError, ParserServices> =>
  parse(Descriptor.make(name, options), name, words).pipe(Effect.map(({ options }) => options))

const parse = <A>(
  descriptor: Descriptor.Command<A>,
  name: string,
  words: ReadonlyArray<string>
): Effect.Effect<A, ValidationError, ParserServices> =>
  Effect.flatMap(Descriptor.parse(descriptor, [name, ...words], CliConfig.defaultConfig), (directive) =>
    directive._tag === "UserDefined"
      ? Effect.succeed(directive.value)
      : Effect.dieMessage(`The grammar let a built-in option of the parser pass: ${directive.option._tag}`)
  )

/** Declares a command and what it does. */
export const leaf = <const F extends Flags, const G extends Arguments>(
  declaration: {
    readonly name: string
    readonly summary: string
    readonly flags?: F
    readonly arguments?: G
    readonly globals?: Readonly<Record<string, string>>
    readonly examples?: ReadonlyArray<string>
  },
  handler: (flags: FlagValues<F>, args: ArgumentValues<G>) => Effect.Effect<void, CommandError, CommandServices>
): Leaf => {
  const { globals = {}, examples = [], name, summary } = declaration
  const flags: Flags = declaration.flags ?? {}
  const args: Arguments = declaration.arguments ?? {}
  return {
    spec: {
      kind: "leaf",
      name,
      summary,
      flags: Object.values(flags).map(({ spec }) => spec),
      arguments: Object.values(args).map(({ spec }) => spec),
      globals,
      examples
    },
    run: (words) => {
      const descriptor = Descriptor.make(name, allOptions(flags), allArgs(args))
      return Effect.flatMap(parse(descriptor, name, words), ({ args, options }) =>
        handler(options as FlagValues<F>, args as ArgumentValues<G>)
      )
    }
  }
}

type Values = Readonly<Record<string, unknown>>

/** @effect/cli cannot combine none at all. */
const allOptions = (flags: Flags): Options.Options<Values> =>
  Object.keys(flags).length === 0
    ? Options.map(Options.none, () => ({}))
    : Options.all(mapValues(flags, ({ options }) => options))

const allArgs = (args: Arguments): Args.Args<Values> =>
  Object.keys(args).length === 0 ? Args.map(Args.none, () => ({})) : Args.all(mapValues(args, ({ args }) => args))

const mapValues = <A, B>(record: Readonly<Record<string, A>>, f: (a: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, f(value)]))

/** Declares a group. */
export const group = (name: string, summary: string, children: ReadonlyArray<Node>): Group => ({
  spec: { kind: "group", name, summary, children: children.map(({ spec }) => spec) },
  children
})

/** The command that a path of names leads to. */
export const find = (node: Node, path: ReadonlyArray<string>): Node | undefined =>
  path.reduce<Node | undefined>(
    (found, name) =>
      found !== undefined && "children" in found ? found.children.find(({ spec }) => spec.name === name) : undefined,
    node
  )
