// What a frequent command never reaches is not in its bundle: each function of such a module leaves the short way,
// and so does everything that is loaded on demand.
import { readFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import { stubOf } from "./exportsOf.mjs"

const root = fileURLToPath(new URL("../..", import.meta.url))
const leave = `import { leaveHotPath } from "./src/cli/leaveHotPath.ts"\n`

/** A path as a pattern, for either kind of slash. */
const escaped = (path) => path.replaceAll(".", "\\.").replaceAll("/", "[\\\\/]")

/** Modules by the end of their path. */
export const absentModules = (paths) => ({
  name: "absent-modules",
  setup: (build) => {
    build.onResolve({ filter: /.*/ }, ({ kind, path }) =>
      kind === "dynamic-import" ? { path, namespace: "absent" } : undefined
    )
    build.onLoad({ filter: /.*/, namespace: "absent" }, () => ({
      contents: `${leave}throw leaveHotPath`,
      resolveDir: root
    }))
    build.onLoad({ filter: new RegExp(`(${paths.map(escaped).join("|")})$`) }, async ({ path }) => ({
      contents: leave + stubOf(path, await readFile(path, "utf8"), "throw leaveHotPath"),
      resolveDir: root
    }))
  }
})
