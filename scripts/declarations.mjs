// The types of the library: by tsc, one file per module, and of those only what the entries lead to. The rest is
// about the inside, which is in the code's few files and cannot be imported.
import { execFileSync } from "node:child_process"
import { readdirSync, readFileSync, rmSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const emit = (root) => {
  const tsc = fileURLToPath(import.meta.resolve("typescript/bin/tsc"))
  execFileSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], { cwd: root, stdio: "inherit" })
}

/** `import`, `export … from` and `import("…").X`; a declaration names its neighbours as `x.ts` where the file is `x.d.ts`. */
const neighbours = (path) =>
  [...readFileSync(path, "utf8").matchAll(/\b(?:from |import |import\()"(\.[^"]+)"/g)].map(([, name]) =>
    join(dirname(path), name.replace(/(?<!\.d)\.ts$/, ".d.ts"))
  )

/** All that something leads to. */
export const reached = (from, neighboursOf, found = new Set()) => {
  if (!found.has(from)) for (const next of neighboursOf(from, found.add(from))) reached(next, neighboursOf, found)
  return found
}

/** Writes the declarations that the entries, given by name, need. */
export const declarations = (root, entries) => {
  const dist = join(root, "dist")
  emit(root)
  const needed = new Set(entries.flatMap((entry) => [...reached(join(dist, `${entry}.d.ts`), neighbours)]))
  for (const name of readdirSync(dist, { recursive: true })) {
    const path = join(dist, name)
    if (name.endsWith(".d.ts") && !needed.has(path)) rmSync(path)
  }
}
