/** Commands with what is known of them: records from which all else is made. */
import * as Effect from "effect/Effect"
import type { YieldWrap } from "effect/Utils"
import type { CommandError, CommandServices } from "./CommandContext.ts"
import type { CommandFacts, Config, Facts, Given, GroupFacts } from "./facts.ts"

export type Handled = Effect.Effect<void, CommandError, CommandServices>

/** What a command does, as the body of `Effect.gen`. */
export type Doing<R = CommandServices> = Generator<YieldWrap<Effect.Effect<unknown, CommandError, R>>, void, never>

export interface Leaf {
  readonly facts: CommandFacts
  readonly handler: (given: { readonly [key: string]: unknown }) => Handled
}

export interface Group {
  readonly facts: GroupFacts
  readonly children: readonly [Leaf, ...ReadonlyArray<Leaf>]
}

export type Declared = Leaf | Group

export const declare = <const C extends Config>(
  name: string,
  {
    examples = [],
    globals = {},
    summary
  }: Pick<Facts, "summary"> & Partial<Pick<CommandFacts, "globals" | "examples">>,
  config: C,
  handler: (given: Given<C>) => Doing | Handled
): Leaf => ({
  facts: { kind: "command", name, summary, config, globals, examples },
  // What is given was parsed by the parsers of `config`, under its names.
  handler: (given) =>
    Effect.gen(function* (): Doing {
      yield* handler(given as Given<C>)
    })
})

export const group = (name: string, summary: string, children: Group["children"]): Group => ({
  facts: { kind: "group", name, summary, children: children.map(({ facts }) => facts) },
  children
})

/** A handler whose module is loaded when its command runs: what one command needs costs the others nothing. */
export const lazyHandler = <Given>(load: () => Promise<{ readonly run: (given: Given) => Doing | Handled }>) =>
  function* (given: Given): Doing {
    const { run } = yield* Effect.promise(load)
    yield* run(given)
  }
