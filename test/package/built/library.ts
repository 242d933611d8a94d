/** The library as it is built, for suites that are written against the sources: tags and shapes are those of the sources. */
import { existsSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import type * as Node from "#src/node.ts"
import type * as Testing from "#src/testing.ts"
import { root } from "../support/project.ts"

const built = (entry: string): string => {
  const path = join(root, "dist", `${entry}.js`)
  if (!existsSync(path)) throw new Error(`${path} is not there: run \`npm run build\` first.`)
  return pathToFileURL(path).href
}

export const node: typeof Node = await import(/* @vite-ignore */ built("node"))
export const testing: typeof Testing = await import(/* @vite-ignore */ built("testing"))
