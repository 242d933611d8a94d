/** The bugs that `test/oauth/support/seeds.ts` seeds can still be put where they belong, and seen by a test that is there. */
import { transformSync } from "esbuild"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"
import { seeds } from "../oauth/support/seedList.ts"

const root = fileURLToPath(new URL("../..", import.meta.url))

/** How often a text stands in a file; `null` where there is no such file. */
const occurrences = (file: string, text: string): number | null =>
  existsSync(join(root, file)) ? readFileSync(join(root, file), "utf8").split(text).length - 1 : null

it("every seeded bug has its file, its place in it once, and its test", () => {
  const stale = seeds.flatMap(({ bug, file, from, test: [test, name], to }) => {
    const isThere = occurrences(file, from) === 1 && from !== to
    const cases = existsSync(join(root, test)) ? readFileSync(join(root, test), "utf8") : ""
    // A name that is put together of values cannot be looked for in the text.
    const isTested = cases !== "" && (name === undefined || new RegExp(name).test(cases) || /\$[{a-z]/.test(cases))
    return isThere && isTested ? [] : [{ bug, file, occurrences: occurrences(file, from), test }]
  })
  expect(stale).toEqual([])
  expect(new Set(seeds.map(({ bug }) => bug)).size).toBe(seeds.length)
})

it("every seeded bug leaves a text that can be read: else any test would see it", () => {
  const parses = ({ file, from, to }: (typeof seeds)[number]): boolean => {
    try {
      const text = readFileSync(join(root, file), "utf8").replace(from, () => to)
      return transformSync(text, { loader: "ts", logLevel: "silent" }).code !== ""
    } catch {
      return false
    }
  }
  expect(seeds.filter((seed) => !parses(seed)).map(({ bug }) => bug)).toEqual([])
})

it("every promise that tells of seeded bugs has one in the list", () => {
  const sections = readFileSync(join(root, "docs/promises.md"), "utf8").split(/^## /m)
  const told = sections.filter((section) => /Seeded and seen\b(?!: those of)/.test(section))
  const withSeeds = new Set(seeds.map(({ bug }) => bug.split(":")[0]))
  expect(told.map((section) => section.split(".")[0]).filter((number) => !withSeeds.has(number))).toEqual([])
  expect(told.length).toBeGreaterThan(20)
})
