/** The README and the docs: what they show of TypeScript is type-checked and run elsewhere, and their links lead somewhere. */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { describe, expect, it } from "vitest"
import { root } from "../package/support/project.ts"

const filesBelow = (directory: string, extension: string): ReadonlyArray<string> =>
  readdirSync(join(root, directory), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(extension))
    .map((path) => join(directory, path))

const read = (path: string): string => readFileSync(join(root, path), "utf8")

const programs = filesBelow("examples", ".ts").map(read)
const guides = filesBelow("docs/guides", ".md")
const pages = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", ...filesBelow("docs", ".md")]

const samples = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, block = ""]) => block)

/** As GitHub names the headings of a page. */
const anchors = (path: string): ReadonlyArray<string> =>
  [...read(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-")
  )

const leadsNowhere = (page: string) => (link: string) => {
  const [path = "", anchor] = link.split("#")
  const target = path === "" ? page : join(dirname(page), path)
  if (!existsSync(join(root, target))) return true
  return anchor !== undefined && !anchors(target).includes(anchor)
}

describe.each(pages)("%s", (page) => {
  const text = read(page)

  it("shows TypeScript of the examples", () => {
    expect(samples(text).filter((block) => !programs.some((program) => program.includes(block)))).toEqual([])
  })

  it("links to what is there", () => {
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link)
    expect(links.filter((link) => !link.includes(":")).filter(leadsNowhere(page))).toEqual([])
  })
})

it.each(guides)("%s shows whole programs, and the README leads to it", (guide) => {
  const blocks = samples(read(guide))
  expect(blocks).not.toEqual([])
  expect(blocks.filter((block) => !programs.includes(block))).toEqual([])
  expect(read("README.md")).toContain(`(${guide})`)
})
