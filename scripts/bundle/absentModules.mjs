// What a frequent command never reaches is not in its bundle: each function of such a module leaves the short way,
// and so does everything that is loaded on demand.
import { readFile } from "node:fs/promises"
import { dirname } from "node:path"
import { fileURLToPath } from "node:url"
import { stubOf } from "./exportsOf.mjs"

const root = fileURLToPath(new URL("../..", import.meta.url))
const leave = `import { leaveHotPath } from "./src/cli/leaveHotPath.ts"\n`

/** A path as a pattern, for either kind of slash. */
const escaped = (path) => path.replaceAll(".", "\\.").replaceAll("/", "[\\\\/]")

const ending = (path) => new RegExp(`${escaped(path)}$`)

/** Modules by the end of their path, and what some are replaced with. */
export const absentModules = (paths, replaced) => ({
  name: "absent-modules",
  setup: (build) => {
    build.onResolve({ filter: /.*/ }, ({ kind, path }) =>
      kind === "dynamic-import" ? { path, namespace: "absent" } : undefined
    )
    build.onLoad({ filter: /.*/, namespace: "absent" }, () => ({
      contents: `${leave}leaveHotPath()`,
      resolveDir: root
    }))
    for (const path of paths) {
      build.onLoad({ filter: ending(path) }, async ({ path }) => ({
        contents: leave + stubOf(path, await readFile(path, "utf8"), "leaveHotPath()"),
        resolveDir: root
      }))
    }
    for (const [path, contents] of Object.entries(replaced)) {
      build.onLoad({ filter: ending(path) }, ({ path }) => ({ contents, resolveDir: dirname(path) }))
    }
  }
})
