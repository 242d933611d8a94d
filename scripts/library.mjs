// The library: its code in few files, for each file that an import has to find, open and compile costs more than what
// is in it; its types in one file per module.
import { readdirSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { build } from "esbuild"
import { declarations } from "./declarations.mjs"

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

/** All else imports the main entry, for nothing: what belongs to it is one file, then, not one for each set of its users. */
const oneCore = (root) => ({
  name: "one core",
  setup: ({ onLoad }) =>
    onLoad({ filter: /src\/(cli|node|testing|layers\/node\/http\/undici)\b.*\.ts$/ }, ({ path }) => ({
      contents: `${readFileSync(path, "utf8")}\nimport ${JSON.stringify(join(root, "src/index.ts"))}\n`,
      loader: "ts"
    }))
})

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
    sourcemap: true,
    splitting: true,
    external: external(root),
    platform: "node",
    format: "esm",
    target: "node20",
    legalComments: "none",
    logLevel: "warning",
    plugins: [oneCore(root)],
    logOverride: { "ignored-bare-import": "silent" }
  })

export const library = async (root) => {
  clear(join(root, "dist"))
  await bundled(root)
  declarations(root, entries)
}
