/** What the check lets pass arrives in the handler as it was typed, whatever the values are. */
import { describe, expect, it } from "@effect/vitest"
import * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import { argument, argumentsOf, type CommandFacts, type Facts, flagsOf, type GroupFacts } from "#src/cli/app/facts.ts"
import { type CanonicalArgv, canonicalArgv, withoutPath } from "#src/cli/app/canonicalArgv.ts"
import { parsersOf, withParserServices } from "#src/cli/app/command.ts"
import { declare, group } from "#src/cli/app/declare.ts"
import { globalFacts, globalFlags } from "#src/cli/app/globalFlags.ts"
import { facts } from "#src/cli/commands/mp.ts"

const commandsBelow = (
  found: Facts,
  path: ReadonlyArray<string> = []
): ReadonlyArray<readonly [string, CommandFacts]> =>
  found.kind === "command"
    ? [[path.join(" "), found]]
    : found.children.flatMap((child) => commandsBelow(child, [...path, child.name]))

const commands = commandsBelow(facts)

/** Words that a parser could take for something else, and any others. */
const hostile =
  " |-|--|-1|-a|-abc|--help|-h|--version|--format|--format=json|--wizard|--log-level|--completions|true|false|a=b|=|x y| x |x\n|mp|help"

const value = FastCheck.oneof(
  FastCheck.constantFrom("", ...hostile.split("|")),
  FastCheck.constantFrom(...commands.flatMap(([path]) => path.split(" "))),
  FastCheck.constantFrom(
    ...globalFlags.map(({ name }) => `--${name}`),
    ...commands.flatMap(([, found]) => flagsOf(found).map(({ name }) => `--${name}`))
  ),
  FastCheck.string(),
  FastCheck.string({ unit: "binary" })
)

const one = (of: { readonly choices?: ReadonlyArray<string> }) =>
  of.choices === undefined ? value : FastCheck.constantFrom(...of.choices)

type Typed = ReadonlyArray<readonly [key: string, words: ReadonlyArray<string>, given: unknown]>

const some = (value: unknown) => ({ _id: "Option", _tag: "Some", value })
const none = { _id: "Option", _tag: "None" }

const together = (each: ReadonlyArray<FastCheck.Arbitrary<Typed[number]>>): FastCheck.Arbitrary<Typed> =>
  FastCheck.tuple(...each)

const flagsTyped = (config: CommandFacts["config"]) =>
  together(
    Object.entries(config).flatMap(([key, flag]): ReadonlyArray<FastCheck.Arbitrary<Typed[number]>> => {
      if (flag.kind !== "flag") return []
      const { name, repeated, required, value } = flag
      if (value === undefined) return [FastCheck.boolean().map((on) => [key, on ? [`--${name}`] : [], on] as const)]
      if (repeated === true) {
        return [
          FastCheck.array(one(flag)).map((all) => [key, all.flatMap((text) => [`--${name}`, text]), all] as const)
        ]
      }
      const given = one(flag).map((text) => [key, [`--${name}`, text], required === true ? text : some(text)] as const)
      const left = FastCheck.constant([key, [], none] as const)
      return [required === true ? given : FastCheck.oneof(given, left)]
    })
  )

const argumentsTyped = (config: CommandFacts["config"]) =>
  together(
    Object.entries(config).flatMap(([key, found]): ReadonlyArray<FastCheck.Arbitrary<Typed[number]>> => {
      if (found.kind !== "argument") return []
      if (found.rest === true) {
        return [FastCheck.array(value, { minLength: 1 }).map((words) => [key, words, words] as const)]
      }
      const given = one(found).map((text) => [key, [text], found.required ? text : some(text)] as const)
      return [
        found.required || found.requiredWithout !== undefined
          ? given
          : FastCheck.oneof(given, FastCheck.constant([key, [], none] as const))
      ]
    })
  )

const wordsOf = (typed: Typed) => typed.flatMap(([, words]) => words)
const givenBy = (typed: Typed) => Object.fromEntries(typed.map(([key, , given]) => [key, given]))

const ran = <E, R, A>(command: Command.Command<"mp", R, E, A>, argv: ReadonlyArray<string>) =>
  withParserServices(Command.run(command, { name: "mp", version: "0" })(["node", "mp", ...argv]))

/** What the handler of a command gets in an app that mounts `mp`, from a command line that the check has let pass. */
const parsed = (path: string, { config, name }: CommandFacts, argv: ReadonlyArray<string>) => {
  const seen: Array<unknown> = []
  const leaf = Command.make(name, parsersOf(config), (given) => Effect.sync(() => void seen.push(given)))
  const [noun = "", verb] = path.split(" ")
  const command = verb === undefined ? leaf : Command.make(noun).pipe(Command.withSubcommands([leaf]))
  const mp = Command.make("mp", { globals: parsersOf(globalFacts) }).pipe(Command.withSubcommands([command]))
  const noticed = Command.transformHandler(mp, (handled, { globals }) =>
    Effect.zipRight(
      Effect.sync(() => void seen.push(globals)),
      handled
    )
  )
  return Effect.map(ran(noticed, argv), (): unknown => JSON.parse(JSON.stringify(seen)))
}

/** The same in `mp` itself, which runs the command alone. */
const parsedAlone = ({ config }: CommandFacts, canonical: CanonicalArgv) => {
  const seen: Array<unknown> = []
  const alone = Command.make(
    "mp",
    { globals: parsersOf(globalFacts), given: parsersOf(config) },
    ({ given, globals }) => Effect.sync(() => void seen.push(globals, given))
  )
  return Effect.map(ran(alone, withoutPath(canonical)), (): unknown => JSON.parse(JSON.stringify(seen)))
}

describe("a canonical command line", () => {
  it.each(commands)("of mp %s gives the handler what was typed", (path, found) =>
    FastCheck.assert(
      FastCheck.asyncProperty(
        flagsTyped(globalFacts),
        flagsTyped(found.config),
        argumentsTyped(found.config),
        FastCheck.boolean(),
        async (globals, flags, args, isBackwards) => {
          const behind = wordsOf(args)
          const argv = [
            ...wordsOf(globals),
            ...path.split(" "),
            ...wordsOf(isBackwards ? flags.toReversed() : flags),
            ...(behind.length === 0 ? [] : ["--", ...behind])
          ]
          const canonical = Either.getOrThrowWith(canonicalArgv(facts, argv), ({ error }) => error)
          const given = [givenBy(globals), { ...givenBy(flags), ...givenBy(args) }]
          expect(await Effect.runPromise(parsed(path, found, canonical.argv))).toEqual(given)
          expect(await Effect.runPromise(parsedAlone(found, canonical))).toEqual(given)
        }
      ),
      { numRuns: 60 }
    )
  )

  it("uses no name of a global flag for another one", () => {
    const clashes = commands.flatMap(([path, found]) =>
      flagsOf(found)
        .filter((flag) => globalFlags.some(({ name, short }) => name === flag.name || (short ?? "") === flag.short))
        .map(({ name }) => `${path} --${name}`)
    )
    expect(clashes).toEqual([])
    expect(
      commands.filter(([, found]) =>
        argumentsOf(found)
          .slice(0, -1)
          .some(({ rest }) => rest === true)
      )
    ).toEqual([])
  })

  it("suggests the near command, and knows no other root", () => {
    const leaf = declare(
      "list",
      { summary: "" },
      { name: argument("NAME", { description: "", required: false }) },
      function* () {
        yield* Effect.void
      }
    )
    const root: GroupFacts = { kind: "group", name: "mp", summary: "", children: [group("shop", "", [leaf]).facts] }
    const refused = canonicalArgv(root, ["shop", "lits"])
    expect(Either.isLeft(refused) && refused.left.error.message).toContain("Did you mean 'list'?")
  })
})
