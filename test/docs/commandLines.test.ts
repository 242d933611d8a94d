/** Every `mp …` that the README and the docs show is a command line that `mp` takes: verbs, flags and values of today. */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import * as Either from "effect/Either"
import { expect, it } from "vitest"
import { canonicalArgv } from "#src/cli/app/canonicalArgv.ts"
import { facts } from "#src/cli/commands/mp.ts"
import { root } from "../package/support/project.ts"

/** messages.md is generated, from commands with gaps that are tested where they are made; the Python tool has its own `mp`. */
const pages = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".md") && path !== "messages.md")
  .map((path) => `docs/${path}`)
  .concat("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "examples/from-python/commands.sh")

interface Shown {
  readonly text: string
  /** A mention in a sentence may leave out what a command needs. */
  readonly isWhole: boolean
}

const withoutPython = (page: string, text: string): string =>
  page === "docs/from-python.md" ? text.replaceAll(/^\| `.*? (?<!\\)\| /gm, "") : text

const shown = (page: string): ReadonlyArray<Shown> => {
  const text = withoutPython(page, readFileSync(join(root, page), "utf8"))
  if (page.endsWith(".sh")) return text.split("\n").map((line) => ({ text: line, isWhole: true }))
  const prose = text.replaceAll(/^```.*?^```$/gms, "")
  return [
    ...[...text.matchAll(/^```(?:sh|bash|dockerfile)?\n(.*?)^```$/gms)].flatMap(([, block = ""]) =>
      block
        .replaceAll("\\\n", "")
        .split("\n")
        .map((line) => ({ text: line.replace(/^RUN /, ""), isWhole: true }))
    ),
    ...[...prose.matchAll(/(?<!`)`(mp [^`]+)`(?!`)/g)].map(([, code = ""]) => ({
      text: code.replaceAll("\\|", "|").replaceAll("\n", " "),
      isWhole: false
    }))
  ]
}

/** Words of a shell; what begins another command (`|`, `&&`, `$(`, `)`) stands for itself. */
const tokens = (line: string): ReadonlyArray<string> =>
  [
    ...line.matchAll(
      /#(?<=(?:^|\s)#).*|&&|\|\|?|;|\$?\(|\)|>|(?:'[^']*'|"(?:\\.|\$\([^)]*\)|[^"])*"|\\.|[^\s|;()>"'])+/g
    )
  ]
    .map(([token]) => token)
    .filter((token) => !token.startsWith("#"))

/** What the scripts of shells ask, and no person types. */
const completing = "__complete"

const isBreak = (token: string): boolean => /^(?:&&|\|\|?|;|\$?\(|\)|>)$/.test(token)

const unquoted = (token: string): string => token.replaceAll(/'([^']*)'|"([^"]*)"/g, "$1$2")

/** The command lines in a line: also those of `"$(mp account token)"`. */
const commandLines = (line: string): ReadonlyArray<ReadonlyArray<string>> => {
  const all = tokens(line)
  const inner = all.flatMap((token) =>
    [...token.matchAll(/\$\((mp [^)]*)\)/g)].flatMap(([, code = ""]) => commandLines(code))
  )
  const starts = all.flatMap((token, at) =>
    token === "mp" && isCommand(all, at) && all[at + 1] !== completing ? [at + 1] : []
  )
  return [
    ...inner,
    ...starts.map((at) => {
      const rest = all.slice(at)
      const end = rest.findIndex(isBreak)
      return (end === -1 ? rest : rest.slice(0, end)).map(unquoted)
    })
  ]
}

/** Behind nothing, another command, or variables. */
const isCommand = (all: ReadonlyArray<string>, at: number): boolean => {
  const before = all[at - 1]
  return before === undefined || isBreak(before) || (/^\w+=/.test(before) && isCommand(all, at - 1))
}

/** What stands for words of which there are few. */
const examples: Readonly<Record<string, string>> = {
  COMMAND: "account",
  TOPIC: "files",
  TYPE: "oauth_browser",
  SHELL: "bash",
  PROTOCOL: "json",
  REGION: "us"
}

/** `mp account show [NAME]`, `mp query segmentation -e …`, `mp COMMAND --help`: words that stand for others. */
const filled = (words: ReadonlyArray<string>): ReadonlyArray<string> => {
  const all = words.map((word) => word.replaceAll(/[[\]]/g, "")).filter((word) => word !== "flags")
  const end = all.findIndex((word) => word === "…" || word === "...")
  return (end === -1 ? all : all.slice(0, end)).map((word) => examples[word] ?? word)
}

const complaint = (words: ReadonlyArray<string>, isWhole: boolean): ReadonlyArray<string> =>
  Either.match(canonicalArgv(facts, words), {
    onLeft: ({ error: { message } }) =>
      !isWhole && / (?:is|are) missing\.$|needs a value/.test(message) ? [] : [`mp ${words.join(" ")}: ${message}`],
    onRight: () => []
  })

const found = pages.map((page) => ({
  page,
  lines: shown(page).flatMap(({ isWhole, text }) =>
    commandLines(text).map((words) => ({ isWhole, words: filled(words) }))
  )
}))

it.each(found)("$page", ({ lines }) => {
  expect(lines.flatMap(({ isWhole, words }) => complaint(words, isWhole))).toEqual([])
})

it("finds what is shown", () => {
  const all = found.flatMap(({ lines }) => lines.map(({ words }) => words.join(" ")))
  expect(all.length).toBeGreaterThan(200)
  expect(all).toContain("account token")
  expect(complaint(["account", "ad", "x"], true)).toEqual([
    "mp account ad x: Unknown command 'ad'. Did you mean 'add'?"
  ])
})
