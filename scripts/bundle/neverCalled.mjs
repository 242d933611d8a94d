// What the libraries below mp could do, and mp never asks of them: its code is left out, and were it called after
// all, it would say so. For the parser of @effect/cli that is asking for what is missing on a command line, looking
// whether files exist, and writing help; for Effect it is what the fibers of mp never do.
import { readFile } from "node:fs/promises"
import { stubOf } from "./exportsOf.mjs"

const separator = "[\\\\/]"
const inPackage = (name, files) =>
  new RegExp(`${separator}${name}${separator}dist${separator}esm${separator}${files}\\.js$`)

const parser = inPackage(`@effect${separator}cli`, `internal${separator}(args|commandDescriptor|options|primitive)`)
const helpDoc = inPackage(`@effect${separator}cli`, `internal${separator}helpDoc(${separator}span)?`)
const anybody = /.*/

const rules = [
  { by: parser, what: /^\.\/prompt(\/[a-z-]+)?\.js$/ },
  { by: parser, what: /^@effect\/platform\/(FileSystem|Path|Terminal)$/ },
  { by: helpDoc, what: /^@effect\/printer(-ansi)?\/\w+$/ },
  { by: anybody, what: /^(\.|\.\.|effect)\/(Micro|RedBlackTree|SortedSet|blockedRequests)(\.js)?$/ }
]

export const neverCalled = {
  name: "never-called",
  setup: (build) => {
    for (const { by, what } of rules) {
      build.onResolve({ filter: what }, async ({ importer, kind, path, pluginData, resolveDir }) => {
        if (pluginData === "real" || !by.test(importer)) return undefined
        const real = await build.resolve(path, { importer, kind, pluginData: "real", resolveDir })
        return { path: real.path, namespace: "never-called", sideEffects: false }
      })
    }
    build.onLoad({ filter: /.*/, namespace: "never-called" }, async ({ path }) => ({
      contents: stubOf(path, await readFile(path, "utf8"), 'throw new Error("mp never asks for this.")')
    }))
  }
}
