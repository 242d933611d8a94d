/** docs/messages.md holds what the sources say: `UPDATE=1 npx vitest run test/docs/messages.test.ts` writes it anew. */
import { describe, expect, it } from "@effect/vitest"
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { catalogue } from "#src/domain/doctor/catalogue.ts"
import { areas } from "#src/domain/doctor/Kind.ts"
import { errorClasses } from "../e2e/hints/errorClasses.ts"
import { type Kind, type Sentence, sentencesOf } from "./support/messages.ts"

const root = fileURLToPath(new URL("../..", import.meta.url))
const page = join(root, "docs/messages.md")

/** Not for those who use `mp`: the kit for tests. The findings of the doctor stand in a table of their own. */
const isLeftOut = (path: string): boolean =>
  /^layers\/(sandbox|memory)\/|^domain\/doctor\/(catalogue|\w+Kinds)\.ts/.test(path)

const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts") && !isLeftOut(path))
  .sort()
  .map((path) => ({ path, sentences: sentencesOf(readFileSync(join(root, "src", path), "utf8")) }))

const onOneLine = (text: string): string =>
  text
    .trim()
    .replaceAll(/\s*\n\s*/g, " ⏎ ")
    .replaceAll("\u001b", "")

const inCode = (text: string): string =>
  text.includes("`") ? `\`\` ${onOneLine(text)} \`\`` : `\`${onOneLine(text)}\``

const shown = ({ error, hints, kind, text }: Sentence): string =>
  [
    `- ${error === "" ? "" : `*${error}* `}${kind === "command" ? inCode(text) : onOneLine(text).replaceAll("|", "\\|").replaceAll("<", "&lt;")}`,
    ...(hints.length === 0 ? [] : [` → ${hints.map(inCode).join(", ")}`])
  ].join("")

const section = (title: string, kind: Kind): string => {
  const parts = files.flatMap(({ path, sentences }) => {
    const lines = [...new Set(sentences.filter((sentence) => sentence.kind === kind).map(shown))]
    return lines.length === 0 ? [] : [`**${path}**\n\n${lines.join("\n")}`]
  })
  return [`## ${title}`, ...parts].join("\n\n")
}

const findings = [
  "## Findings of `mp doctor`",
  ...areas.flatMap((area) => [
    `**${area}**`,
    Object.entries(catalogue)
      .filter(([, kind]) => kind.area === area)
      .map(([id, { advice, cause, means, remedy, severity }]) =>
        [
          `- *${id}* (${severity}) ${means} ${cause}`,
          ...(advice === null ? [] : [advice]),
          ...(remedy === null ? [] : [`→ ${inCode(remedy)}`])
        ].join(" ")
      )
      .join("\n")
  ])
].join("\n\n")

const written = [
  "# Messages",
  `Every sentence that a person can meet, read off the sources by test/docs/messages.test.ts, which fails when this page is
not what they say; \`UPDATE=1 npx vitest run --project suite test/docs/messages.test.ts\` writes it. A value stands as
{name}, alternatives as {one | other}; behind the arrow are the commands under \`try:\`. Help pages are not here: \`mp help\`.`,
  section("Errors", "error"),
  section("Notes on stderr", "note"),
  section("Results, questions, and parts of the sentences above", "words"),
  section("Commands that hints offer", "command"),
  section("With `--verbose`", "verbose"),
  findings,
  ""
]
  .join("\n\n")
  .trimEnd()
  .concat("\n")

describe("docs/messages.md", () => {
  it("is what the sources say", () => {
    if (process.env["UPDATE"] === "1") writeFileSync(page, written)
    expect(readFileSync(page, "utf8")).toBe(written)
  })

  it("has every class of errors", () => {
    const told = new Set(files.flatMap(({ sentences }) => sentences.map(({ error }) => error)))
    expect(errorClasses().filter((name) => !told.has(name))).toEqual([])
  })
})
