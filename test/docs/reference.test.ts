/**
 * The tables of the docs that are read off the code stand between `<!-- NAME -->` and `<!-- end -->`:
 * `UPDATE=1 npx vitest run --project suite test/docs/reference.test.ts` writes them anew.
 */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Struct from "effect/Struct"
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { exitCodeOfCode } from "#src/cli/app/exitCode.ts"
import { argumentsOf, type CommandFacts, type Facts, type FlagFacts, flagsOf } from "#src/cli/app/facts.ts"
import { globalFlags } from "#src/cli/app/globalFlags.ts"
import { topics, usageLine } from "#src/cli/app/help.ts"
import { facts } from "#src/cli/commands/mp.ts"
import { codeOf, errorClasses } from "../e2e/hints/errorClasses.ts"
import { root } from "../package/support/project.ts"
import { runHere } from "../support/inProcess.ts"

type Row = ReadonlyArray<string>

const table = (head: Row, rows: ReadonlyArray<Row>): string => {
  const line = (cells: Row) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`
  return [line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line)].join("\n")
}

const code = (text: string): string => `\`${text}\``

/** A summary, as a sentence. */
const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`

const flagRow = (flag: FlagFacts): Row => [
  [
    ...(flag.short === undefined ? [] : [`-${flag.short}`]),
    `--${flag.name}${flag.value === undefined ? "" : ` ${flag.value}`}`
  ]
    .map(code)
    .join(" "),
  `${flag.description}${flag.choices === undefined ? "" : ` (${flag.choices.map(code).join(", ")})`}${flag.required === true ? "; required" : ""}`
]

const commandSection = (path: Row, command: CommandFacts): string => {
  const given = globalFlags.flatMap((flag) => {
    const meaning = command.globals[flag.name]
    return meaning === undefined ? [] : [{ ...flag, description: meaning }]
  })
  const rows = [
    ...argumentsOf(command).map(({ choices = [], description, name }) => [
      code(name),
      `${description}${choices.length === 0 ? "" : ` (${choices.map(code).join(", ")})`}`
    ]),
    ...[...flagsOf(command), ...given].map(flagRow)
  ]
  return [
    `${"#".repeat(path.length + 1)} mp ${path.join(" ")}`,
    code(usageLine(path, command)),
    sentence(command.summary),
    ...(rows.length === 0 ? [] : [table(["argument, flag", "meaning"], rows)]),
    ...(command.examples.length === 0 ? [] : [`\`\`\`sh\n${command.examples.join("\n")}\n\`\`\``])
  ].join("\n\n")
}

const sections = (path: Row, found: Facts): ReadonlyArray<string> =>
  found.kind === "command"
    ? [commandSection(path, found)]
    : [
        `## mp ${path.join(" ")}`,
        sentence(found.summary),
        ...found.children.flatMap((child) => sections([...path, child.name], child))
      ]

const commands = facts.children
  .filter(({ name }) => name !== "help")
  .flatMap((child) => sections([child.name], child))
  .join("\n\n")

const topicTable = (topic: string) =>
  Effect.map(runHere(["help", topic, "--format", "json"]), ({ stdout }) => {
    const rows: ReadonlyArray<Readonly<Record<string, string | number | ReadonlyArray<string>>>> = JSON.parse(stdout)
    const names = Object.keys(rows[0] ?? {})
    const shown = (row: (typeof rows)[number], name: string): string => {
      const value = row[name] ?? ""
      if (Array.isArray(value)) return value.map(code).join(", ")
      return name === "name" || name === "code" ? code(String(value)) : String(value)
    }
    return table(
      names,
      rows.map((row) => names.map((name) => shown(row, name)))
    )
  })

/** What `mp` alone says has a code and no class. */
const classesOf = (of: string): string =>
  errorClasses()
    .filter((name) => codeOf(name) === of)
    .map(code)
    .join(", ")

const errors = Struct.keys(exitCodeOfCode).map((of) => [code(of), classesOf(of)])

const blocks: Readonly<Record<string, Effect.Effect<string>>> = {
  "classes of errors": Effect.succeed(table(["code", "class"], errors)),
  commands: Effect.succeed(commands),
  "global flags": Effect.succeed(table(["flag", "meaning"], globalFlags.map(flagRow))),
  ...Object.fromEntries(
    Object.keys(topics)
      // The paths of the files are those of a machine.
      .filter((topic) => topic !== "files")
      .map((topic) => [`mp help ${topic}`, topicTable(topic)])
  )
}

const directory = join(root, "docs")
const pages = readdirSync(directory).filter((name) => name.endsWith(".md"))
const between = (name: string) => new RegExp(`(?<=<!-- ${name} -->\n\n)(?:(?!<!--).)*?(?=\n\n<!-- end -->)`, "s")

it.effect.each(Object.entries(blocks))("%s", ([name, wanted]) =>
  Effect.gen(function* () {
    const written = yield* wanted
    const shownIn = pages.filter((page) => readFileSync(join(directory, page), "utf8").includes(`<!-- ${name} -->`))
    expect(shownIn).toHaveLength(1)
    for (const page of shownIn) {
      const path = join(directory, page)
      const text = readFileSync(path, "utf8")
      if (process.env["UPDATE"] === "1")
        writeFileSync(
          path,
          text.replace(between(name), () => written)
        )
      expect(between(name).exec(readFileSync(path, "utf8"))?.[0]).toBe(written)
    }
  })
)
