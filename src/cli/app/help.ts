import { argumentsOf, type CommandFacts, type Facts, type FlagFacts, flagsOf, type GroupFacts } from "./facts.ts"
import { globalFlags } from "./globalFlags.ts"
import { wrapped } from "./wrapped.ts"

type Row = readonly [left: string, right: string]

export const renderHelp = (path: ReadonlyArray<string>, facts: Facts): string => {
  const title = [["mp", ...path].join(" "), facts.summary].join(" - ")
  const sections = facts.kind === "group" ? groupSections(facts) : commandSections(facts)
  const shared = globalFlags.filter(({ name }) => facts.kind === "group" || !(name in facts.globals))
  return [
    title,
    section("USAGE", [[usageLine(path, facts), ""]]),
    ...sections,
    section("GLOBAL FLAGS", shared.map(flagRow)),
    section("LEARN MORE", [
      ["mp help COMMAND", "the page of a command"],
      ["mp help TOPIC", Object.keys(topics).join(", ")]
    ]),
    ""
  ]
    .filter((part) => part !== null)
    .join("\n\n")
    .trimEnd()
    .concat("\n")
}

const section = (heading: string, rows: ReadonlyArray<Row>): string | null => {
  if (rows.length === 0) return null
  const width = Math.max(...rows.map(([left]) => left.length))
  const lines = rows.flatMap(([left, right]) =>
    wrapped(right, Math.max(20, columns - width - 5)).map((part, at) =>
      `  ${(at === 0 ? left : "").padEnd(width)}   ${part}`.trimEnd()
    )
  )
  return [heading, ...lines].join("\n")
}

/** Pages are rendered before it is known where they are shown. */
const columns = 80

const groupSections = (facts: GroupFacts): ReadonlyArray<string | null> => [
  section(
    "COMMANDS",
    facts.children.map((child) => [child.name, child.summary])
  ),
  section(
    "EXAMPLES",
    facts.children
      .flatMap((child) => firstExample(child))
      .slice(0, 6)
      .map((example) => [example, ""])
  )
]

const firstExample = (facts: Facts): ReadonlyArray<string> =>
  (facts.kind === "command" ? facts.examples : facts.children.flatMap(firstExample)).slice(0, 1)

const commandSections = (facts: CommandFacts): ReadonlyArray<string | null> => [
  section(
    "ARGUMENTS",
    argumentsOf(facts).map(({ description, name, required }) => [required ? name : `[${name}]`, description])
  ),
  section("FLAGS", [
    ...flagsOf(facts).map(flagRow),
    ...globalFlags.flatMap((flag) => {
      const meaning = facts.globals[flag.name]
      return meaning === undefined ? [] : [flagRow({ ...flag, description: meaning })]
    })
  ]),
  section(
    "EXAMPLES",
    facts.examples.map((example) => [example, ""])
  )
]

const flagRow = (flag: FlagFacts): Row => {
  const short = flag.short === undefined ? "    " : `-${flag.short}, `
  const choices = flag.choices === undefined ? "" : ` (${flag.choices.join(", ")})`
  const required = flag.required === true ? " (required)" : ""
  return [`${short}${flagWithValue(flag)}`, `${flag.description}${choices}${required}`]
}

/** The same in a paragraph, for the help of @effect/cli, which shows neither the whole path nor the global flags. */
export const describe = (path: ReadonlyArray<string>, facts: CommandFacts): string =>
  [
    facts.summary,
    `Usage: ${usageLine(path, facts)}`,
    `Global flags: ${globalFlags.map(flagWithValue).join(", ")}`
  ].join(". ")

/** `mp account add NAME --type TYPE [flags]`. */
export const usageLine = (path: ReadonlyArray<string>, facts: Facts): string => {
  const words = ["mp", ...path]
  if (facts.kind === "group") return [...words, "COMMAND", "[flags]"].join(" ")
  const args = argumentsOf(facts).flatMap(({ name, required, rest }) =>
    rest === true ? [] : [required ? name : `[${name}]`]
  )
  const rest = argumentsOf(facts).flatMap(({ name, rest }) => (rest === true ? [`-- ${name}...`] : []))
  const needed = flagsOf(facts)
    .filter(({ required }) => required === true)
    .map(flagWithValue)
  return [...words, ...args, ...needed, "[flags]", ...rest].join(" ")
}

/** `--region REGION`, or `--force`. */
const flagWithValue = ({ name, value }: FlagFacts): string => (value === undefined ? `--${name}` : `--${name} ${value}`)

export const topics = {
  environment: "the variables that mp reads",
  "exit-codes": "what the exit code of a command says",
  files: "where things are, and which variable moves them",
  formatting: "how results are written",
  precedence: "which source wins, for account, project and workspace"
} as const

export type Topic = keyof typeof topics
