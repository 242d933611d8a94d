/** The help of a command: its full path, its flags, and the global ones. */
import type { GroupSpec, LeafSpec, Spec } from "./declare.ts"
import type { FlagSpec } from "./flag.ts"
import { flagWithValue, usageLine } from "./usage.ts"

type Row = readonly [left: string, right: string]

/** Renders the help page of the command at a path. */
export const renderHelp = (path: ReadonlyArray<string>, spec: Spec, globalFlags: ReadonlyArray<FlagSpec>): string => {
  const title = [["mp", ...path].join(" "), spec.summary].join(" - ")
  const sections = spec.kind === "group" ? groupSections(spec) : leafSections(spec, globalFlags)
  const shared = globalFlags.filter(({ name }) => spec.kind === "group" || !(name in spec.globals))
  return [
    title,
    section("USAGE", [[usageLine(path, spec), ""]]),
    ...sections,
    section("GLOBAL FLAGS", shared.map(flagRow)),
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
  const lines = rows.map(([left, right]) => `  ${right === "" ? left : `${left.padEnd(width)}   ${right}`}`)
  return [heading, ...lines].join("\n")
}

const groupSections = (spec: GroupSpec): ReadonlyArray<string | null> => [
  section(
    "COMMANDS",
    spec.children.map((child) => [child.name, child.summary])
  )
]

const leafSections = (spec: LeafSpec, globalFlags: ReadonlyArray<FlagSpec>): ReadonlyArray<string | null> => [
  section(
    "ARGUMENTS",
    spec.arguments.map(({ description, name, required }) => [required ? name : `[${name}]`, description])
  ),
  section("FLAGS", [
    ...spec.flags.map(flagRow),
    ...globalFlags.flatMap((flag) => {
      const meaning = spec.globals[flag.name]
      return meaning === undefined ? [] : [flagRow({ ...flag, description: meaning })]
    })
  ]),
  section(
    "EXAMPLES",
    spec.examples.map((example) => [example, ""])
  )
]

const flagRow = (flag: FlagSpec): Row => {
  const short = flag.short === undefined ? "    " : `-${flag.short}, `
  const choices = flag.choices === undefined ? "" : ` (${flag.choices.join(", ")})`
  const required = flag.required === true ? " (required)" : ""
  return [`${short}${flagWithValue(flag)}`, `${flag.description}${choices}${required}`]
}
