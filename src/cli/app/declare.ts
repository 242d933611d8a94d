/** Commands with what is known of them: records from which all else is made. */
import * as Effect from "effect/Effect"
import type { CommandError, CommandServices } from "./CommandContext.ts"
import type { CommandFacts, Config, Facts, Given, GroupFacts } from "./facts.ts"

export type Handled = Effect.Effect<void, CommandError, CommandServices>

/** A command that does something. */
export interface Leaf {
  readonly facts: CommandFacts
  readonly handler: (given: { readonly [key: string]: unknown }) => Handled
}

/** A command that groups others. */
export interface Group {
  readonly facts: GroupFacts
  readonly children: readonly [Leaf, ...ReadonlyArray<Leaf>]
}

export type Declared = Leaf | Group

/** Declares a command and what it does. */
export const declare = <const C extends Config>(
  name: string,
  {
    examples = [],
    globals = {},
    summary
  }: Pick<Facts, "summary"> & Partial<Pick<CommandFacts, "globals" | "examples">>,
  config: C,
  handler: (given: Given<C>) => Handled
): Leaf => ({
  facts: { kind: "command", name, summary, config, globals, examples },
  // What is given was parsed by the parsers of `config`, under its names.
  handler: (given) => handler(given as Given<C>)
})

/** Declares a group. */
export const group = (name: string, summary: string, children: Group["children"]): Group => ({
  facts: { kind: "group", name, summary, children: children.map(({ facts }) => facts) },
  children
})

/** A handler whose module is loaded when its command runs: what one command needs costs the others nothing. */
export const lazyHandler =
  <Given>(load: () => Promise<{ readonly run: (given: Given) => Handled }>) =>
  (given: Given): Handled =>
    Effect.flatMap(Effect.promise(load), ({ run }) => run(given))
