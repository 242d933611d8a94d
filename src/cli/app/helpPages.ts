/** Every help page by the path of its command: rendered at build time, so that showing one loads nothing. */
import type { Spec } from "./declare.ts"
import { globalFlags } from "./globalFlags.ts"
import { renderHelp } from "./help.ts"
import { tree } from "../commands/mp.ts"

interface Page {
  readonly path: string
  readonly kind: Spec["kind"]
  readonly text: string
}

const pagesBelow = (path: ReadonlyArray<string>, spec: Spec): ReadonlyArray<Page> => [
  { path: path.join(" "), kind: spec.kind, text: renderHelp(path, spec, globalFlags) },
  ...(spec.kind === "group" ? spec.children.flatMap((child) => pagesBelow([...path, child.name], child)) : [])
]

export const helpPages: ReadonlyArray<Page> = pagesBelow([], tree.spec)
