// The types: tsc writes a file per module; what the entries lead to is then in a file for each and some that they share.
import { execFileSync } from "node:child_process"
import { readFileSync, rmSync } from "node:fs"
import { basename, join, relative } from "node:path"
import { rollup } from "rollup"
import { dts } from "rollup-plugin-dts"

/** All that something leads to. */
export const reached = (from, neighboursOf, found = new Set()) => {
  if (!found.has(from)) for (const next of neighboursOf(from, found.add(from))) reached(next, neighboursOf, found)
  return found
}

/** What is exported as a namespace is a file beside, or nothing would be said of its members. Categories are for typedoc. */
const transform = (text) =>
  text
    .replace(/^(export \* as \w+ from ").*?(\w+)\.ts"/gm, '$1./$2.js"')
    .replace(/^ *\* @category .*\n/gm, "")
    .replace(/(?<=^(?: {4})*) {4}/gm, "\t")

/** What a file says of itself, before anything in it. */
const head = (path) => /^\/\*\*[^]*?\*\/\n(?=import |export \*|export (type )?\{)|/.exec(readFileSync(path, "utf8"))[0]

/** Writes the declarations of sources, and what they need. */
export const declarations = async (root, sources) => {
  const [tsc, modules] = [join(root, "node_modules/typescript/bin/tsc"), join(root, "dist/modules")]
  execFileSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], { cwd: root, stdio: "inherit" })
  const declared = (path) => join(modules, relative(join(root, "src"), path).replace(/ts$/, "d.ts"))
  const input = Object.fromEntries(sources.map((path) => [basename(path, ".ts"), declared(path)]))
  const plugins = [{ name: "beside", transform }, dts({ compilerOptions: { noResolve: true, noLib: true, types: [] } })]
  // What cannot be found is an error; the warnings name types that the sources do not export either.
  const bundle = await rollup({ input, external: /^[^./]|\.js$/, plugins, logLevel: "silent" })
  const names = { entryFileNames: "[name].d.ts", chunkFileNames: "types-[hash].d.ts", minifyInternalExports: false }
  const banner = ({ facadeModuleId }) => (facadeModuleId ? head(facadeModuleId) : "")
  await bundle.write({ dir: join(root, "dist"), ...names, banner, hoistTransitiveImports: false })
  rmSync(modules, { recursive: true })
}
