/** The documents that claim: every test they name is there, and every promise stands in its place. */
import { describe, expect, it } from "@effect/vitest"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../..", import.meta.url))
const read = (name: string): string => readFileSync(join(root, name), "utf8")

const named = (text: string): ReadonlyArray<string> => [
  ...new Set(text.match(/\b(?:test|bench|src|scripts|docs|examples)\/[\w./-]+\.(?:tsx?|mjs|json|md)\b/g))
]

describe.each(["SECURITY.md", "docs/promises.md"])("%s", (name) => {
  it("names files that are there", () => {
    const missing = named(read(name)).filter((path) => !existsSync(join(root, path)))
    expect(missing).toEqual([])
    expect(named(read(name)).length).toBeGreaterThan(20)
  })
})

describe("docs/promises.md", () => {
  const text = read("docs/promises.md")
  const sections = text.split(/^## /m).slice(1)

  it("has all promises in their order", () => {
    const numbers = sections.map((section) => Number(/^(\d+)\. /.exec(section)?.[1]))
    expect(numbers).toEqual(Array.from({ length: 29 }, (_, index) => index + 1))
  })

  it("has a command or a test for each, and tells its seeded bugs", () => {
    const titled = sections.map((section) => [section.split("\n", 1)[0] ?? "", section] as const)
    expect(
      titled.filter(([, section]) => !/`(?:MP_\w+=\S+ )*np[mx] /.test(section) && !/\nMP_\w+=\S+ npx /.test(section))
    ).toEqual([])
    expect(titled.filter(([, section]) => !/[Ss]eeded/.test(section)).map(([title]) => title)).toEqual([])
  })
})

describe("README.md", () => {
  it("leads to SECURITY.md and to the promises", () => {
    expect(read("README.md")).toContain("(SECURITY.md)")
    expect(read("README.md")).toContain("(docs/promises.md)")
  })
})
