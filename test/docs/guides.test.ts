/** The pages for each kind of reader: the programs that they show are files that are type-checked, and their links lead somewhere. */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { root } from "../package/support/project.ts"

const directory = join(root, "docs/guides")

const programs = readdirSync(join(root, "examples"), { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .map((path) => readFileSync(join(root, "examples", path), "utf8"))

const readme = readFileSync(join(root, "README.md"), "utf8")

describe("guides", () => {
  it.each(readdirSync(directory))(
    "%s: shows whole programs, is linked from the README, and links to what is there",
    (page) => {
      const text = readFileSync(join(directory, page), "utf8")
      const blocks = [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, block = ""]) => block)
      expect(blocks.length).toBeGreaterThan(0)
      expect(blocks.filter((block) => !programs.includes(block))).toEqual([])
      expect(readme).toContain(`docs/guides/${page}`)
      const targets = [...text.matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(([, target = ""]) => target)
      expect(targets.filter((target) => !existsSync(join(directory, target)))).toEqual([])
    }
  )
})
