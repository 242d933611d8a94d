// The library: its code in few files, for each file that an import has to find, open and compile costs more than what
// is in it; its types in one file per module.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"
import { build } from "esbuild"
import ts from "typescript"
import { declarations } from "./declarations.mjs"

const entries = ["index", "node", "testing", "cli", "redis", "sql"]

/** What an app installs beside the library stays outside; a package that only the build has is taken in. */
const external = (root) => {
  const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
  return Object.keys({ ...dependencies, ...peerDependencies })
}

/** Where a module makes values while it is loaded, and how it declares them: of ours, each is nothing but a value. */
const valuesMade = (statement) => {
  const start = statement.getStart()
  if (ts.isClassDeclaration(statement)) {
    const [words, exported = ""] = /^(export )?(?:abstract )?/.exec(statement.getText())
    return [{ start, from: start + words.length, end: statement.end, as: `${exported}const ${statement.name.text} = ` }]
  }
  const declarations = ts.isVariableStatement(statement) ? statement.declarationList.declarations : []
  const values = declarations.flatMap(({ initializer }) => initializer ?? [])
  return values
    .filter((value) => !ts.isFunctionLike(value) && !ts.isLiteralExpression(value))
    .map((value) => ({ start: value.getStart(), from: value.getStart(), end: value.end, as: "" }))
}

/** As long as what takes its place at the end, so that source maps hold: esbuild keeps no such mark when it makes code short. */
const made = "__made_while_loading_"
const marked = "/*@__PURE__*/(f=>f())"

/** Bundlers leave out an unused call that is marked: an app that imports one tag gets no other with it, and no layer. */
const separable = (text) =>
  ts
    .createSourceFile("", text, ts.ScriptTarget.ESNext, true)
    .statements.flatMap(valuesMade)
    .reduceRight((rest, { as, end, from, start }) => {
      const value = `${made}(() => (${rest.slice(from, end)}))`
      return `${rest.slice(0, start)}${as}${value}${rest.slice(end)}`
    }, text)
    // What is exported as a namespace has a file, or the namespace would be an object with everything.
    .replace(/^(export \* as \w+ from )"(.+)"/gm, '$1"as:$2"; import "$2"')

/** What is exported as a namespace, by its path in `src`. */
const namespaces = (root) =>
  entries.flatMap((entry) => {
    const found = readFileSync(`${root}/src/${entry}.ts`, "utf8").matchAll(/^export \* as \w+ from "\.\/(.+)\.ts"/gm)
    return [...found].map(([, path]) => path)
  })

/** All else imports the main entry, for nothing: what belongs to it is one file, then, not one for each set of its users. */
const oneCore = (root) => ({
  name: "one core",
  setup: ({ onLoad, onResolve }) => {
    const core = '\nimport "#src/index.ts"\n'
    const users = /src\/(cli|node|testing|layers\/node\/http\/undici)\b.*\.ts$/
    onResolve({ filter: /^as:/ }, ({ path }) => ({ path: `./${basename(path, ".ts")}.js`, external: true }))
    onResolve({ filter: /^all:/ }, ({ path }) => ({ path: path.slice(4), namespace: "all" }))
    onLoad({ filter: /./, namespace: "all" }, ({ path }) => ({
      contents: `export * from "#src/${path}.ts"${core}`,
      resolveDir: root
    }))
    onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) => ({
      contents: separable(readFileSync(path, "utf8")) + (users.test(path) ? core : ""),
      loader: "ts"
    }))
  }
})

/** What the entries share is in files of its own, and so is what is imported on demand. */
const bundled = (root) =>
  build({
    absWorkingDir: root,
    // Comments name the path of each module: not the one that a linked node_modules has in truth.
    preserveSymlinks: true,
    entryPoints: Object.fromEntries([
      ...entries.map((entry) => [entry, `src/${entry}.ts`]),
      ...namespaces(root).map((path) => [basename(path), `all:${path}`])
    ]),
    outdir: "dist",
    chunkNames: "shared-[hash]",
    bundle: true,
    minify: true,
    sourcemap: true,
    write: false,
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
  const dist = readdirSync(join(root, "dist")).filter((name) => name !== "bin")
  for (const name of dist) rmSync(join(root, "dist", name), { recursive: true })
  for (const { path, text } of (await bundled(root)).outputFiles) writeFileSync(path, text.replaceAll(made, marked))
  declarations(root, entries)
}
