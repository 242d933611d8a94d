/** Declared commands as values of @effect/cli, made from their facts when they are asked for. */
import * as Args from "@effect/cli/Args"
import * as path from "node:path"
import * as CliConfig from "@effect/cli/CliConfig"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as FileSystem from "@effect/platform/FileSystem"
import { Path, TypeId } from "@effect/platform/Path"
import * as Terminal from "@effect/platform/Terminal"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Group, Leaf } from "./declare.ts"
import type { ArgumentFacts, Config, FlagFacts, Value } from "./facts.ts"
import { describe } from "./help.ts"
import { withService } from "./withService.ts"
import { parseJson } from "../../domain/internal/json.ts"

export const commandOf = ({ facts, handler }: Leaf, above: ReadonlyArray<string> = []) =>
  Command.make(facts.name, parsersOf(facts.config), handler).pipe(
    Command.withDescription(describe([...above, facts.name], facts))
  )

export const groupOf = ({ children, facts: { name, summary } }: Group) =>
  Command.make(name).pipe(
    Command.withDescription(summary),
    Command.withSubcommands(Arr.map(children, (child) => commandOf(child, [name])))
  )

export type Parsers<C extends Config> = {
  readonly [K in keyof C]: C[K] extends FlagFacts ? Options.Options<Value<C[K]>> : Args.Args<Value<C[K]>>
}

/** What a parser gives follows from the facts in `optionOf` and `argOf` as it does in the type `Value`. */
export const parsersOf = <const C extends Config>(config: C) =>
  Object.fromEntries(
    Object.entries(config).map(([key, facts]) => [key, facts.kind === "flag" ? optionOf(facts) : argOf(facts)])
  ) as Parsers<C>

const optionOf = (flag: FlagFacts): Options.Options<unknown> => {
  if (flag.value === undefined) return named(flag, Options.boolean(flag.name))
  const { choices, name } = flag
  const one = named(flag, choices === undefined ? Options.text(name) : Options.choice(name, choices))
  if (flag.repeated === true) return Options.map(Options.repeated(one), (values) => values.map(unquoted))
  return flag.required === true ? one : Options.optional(one)
}

/** A string of JSON, as `canonicalArgv` writes the values of such a flag; without the check, a value stands as it is. */
const unquoted = (text: string): string => {
  const parsed = text.startsWith('"') ? parseJson(text) : Either.left("not quoted")
  return Either.isRight(parsed) && typeof parsed.right === "string" ? parsed.right : text
}

const named = <A>({ description, short }: FlagFacts, options: Options.Options<A>): Options.Options<A> => {
  const described = Options.withDescription(options, description)
  return short === undefined ? described : Options.withAlias(described, short)
}

const argOf = ({ choices, description, name, required, rest }: ArgumentFacts): Args.Args<unknown> => {
  const one =
    choices === undefined
      ? Args.text({ name })
      : Args.choice(
          choices.map((word) => [word, word]),
          { name }
        )
  const described = Args.withDescription(one, description)
  if (rest === true) return Args.repeated(described)
  return required ? described : Args.optional(described)
}

/**
 * What @effect/cli asks for in its type and never uses for flags that are text, choices and switches: no file is there, and
 * no key is ever pressed.
 */
const nobody = Terminal.Terminal.of({
  columns: Effect.succeed(80),
  rows: Effect.succeed(24),
  isTTY: Effect.succeed(false),
  readInput: Effect.never,
  readLine: Effect.fail(new Terminal.QuitException()),
  display: () => Effect.void
})

const noPath = Path.of({ [TypeId]: TypeId, ...path, fromFileUrl: () => Effect.never, toFileUrl: () => Effect.never })

export const withParserServices = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  effect.pipe(
    withService(CliConfig.CliConfig, CliConfig.make({ showBuiltIns: false })),
    withService(FileSystem.FileSystem, FileSystem.makeNoop({})),
    withService(Terminal.Terminal, nobody),
    withService(Path, noPath)
  )
