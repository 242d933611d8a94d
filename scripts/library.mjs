// The library: its code in few files, for each file that an import has to find, open and compile costs more than what
// is in it; its types in one file per module.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"
import { build } from "esbuild"
import { declarations, reached } from "./declarations.mjs"

const entries = ["index", "node", "testing", "cli", "redis", "sql"]

/** What an app installs beside the library stays outside; a package that only the build has is taken in. */
const external = (root) => {
  const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
  return Object.keys({ ...dependencies, ...peerDependencies })
}

/** A former build may have left modules that are no more. */
const clear = (dist) => {
  for (const name of readdirSync(dist)) {
    if (name !== "bin") rmSync(join(dist, name), { recursive: true })
  }
}

/** What the entries share is in files of its own, and so is what is imported on demand. */
const bundled = (root) =>
  build({
    absWorkingDir: root,
    // Comments name the path of each module: not the one that a linked node_modules has in truth.
    preserveSymlinks: true,
    entryPoints: entries.map((entry) => `src/${entry}.ts`),
    outdir: "dist",
    chunkNames: "shared-[hash]",
    bundle: true,
    splitting: true,
    external: external(root),
    platform: "node",
    format: "esm",
    target: "node20",
    legalComments: "none",
    logLevel: "warning",
    metafile: true,
    write: false
  })

/** The bundler also makes a file of what only a module imports on demand that it then leaves out. */
const code = async (root) => {
  const { metafile, outputFiles } = await bundled(root)
  const importsOf = (path) => metafile.outputs[path]?.imports.map((imported) => imported.path) ?? []
  const needed = new Set(entries.flatMap((entry) => [...reached(`dist/${entry}.js`, importsOf)]))
  for (const { contents, path } of outputFiles) {
    if (needed.has(`dist/${basename(path)}`)) writeFileSync(path, contents)
  }
}

export const library = async (root) => {
  clear(join(root, "dist"))
  await code(root)
  declarations(root, entries)
}
