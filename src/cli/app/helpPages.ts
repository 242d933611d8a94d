/** Every help page by the path of its command: rendered at build time, so that showing one loads nothing. */
import { facts } from "../commands/mp.ts"
import type { Facts } from "./facts.ts"
import { renderHelp } from "./help.ts"

interface Page {
  readonly path: string
  readonly kind: Facts["kind"]
  readonly text: string
}

const pagesBelow = (path: ReadonlyArray<string>, found: Facts): ReadonlyArray<Page> => [
  // `mp help` alone shows the page of `mp`.
  ...(path[0] === "help" && path.length === 1
    ? []
    : [{ path: path.join(" "), kind: found.kind, text: renderHelp(path, found) }]),
  ...(found.kind === "group" ? found.children.flatMap((child) => pagesBelow([...path, child.name], child)) : [])
]

export const helpPages: ReadonlyArray<Page> = pagesBelow([], facts)

export const groups = helpPages.filter(({ kind }) => kind === "group").map(({ path }) => path)

/** Help as it is shipped: most sections stand on several pages, and a page is the numbers of its own. */
export interface Help {
  readonly sections: ReadonlyArray<string>
  readonly pages: Readonly<Record<string, ReadonlyArray<number>>>
}

const separator = "\n\n"
const sections = [...new Set(helpPages.flatMap((page) => page.text.split(separator)))]

export const help: Help = {
  sections,
  pages: Object.fromEntries(
    helpPages.map(({ path, text }) => [path, text.split(separator).map((section) => sections.indexOf(section))])
  )
}
