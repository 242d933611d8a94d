// The library: its code in few files, for each file that an import has to find, open and compile costs more than what
// is in it; its types likewise.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"
import { build } from "rolldown"
import { esmExternalRequirePlugin } from "rolldown/plugins"
import ts from "typescript"
import { declarations, reached } from "./declarations.mjs"

const entries = ["index", "node", "testing", "cli", "redis", "sql"]
const isEntry = (id) => entries.includes(basename(id, ".ts"))

/** Bundlers see by themselves that nothing happens where this is evaluated. */
const isPlain = (node) =>
  [ts.isFunctionLike, ts.isLiteralExpression, ts.isIdentifier].some((is) => is(node)) ||
  (node.elements ?? node.properties?.flatMap((it) => [it.name ?? it, it.initializer ?? it.name ?? it]))?.every(isPlain)

/** What a module makes while it is loaded: of ours, each is nothing but a value. */
const valuesMade = (statement) => {
  const values = statement.declarationList?.declarations.flatMap(({ initializer }) => initializer ?? []) ?? []
  return ts.isClassDeclaration(statement) ? [statement] : values.filter((value) => !isPlain(value))
}

/** They are equally long, so that source maps hold: the mark takes the place at the end, for what makes code short drops it. */
const [pure, made] = ["/*@__PURE__*/", "__made_whil__"]

/** Bundlers leave out an unused call that is marked; and what is imported by its own name needs no `Effect.` in front of it. */
const separable = (text, _id, { magicString }) => {
  const file = ts.createSourceFile("", text, ts.ScriptTarget.ESNext, true)
  const [imports, sources] = [new Set(), new Map()]
  const visit = (node) => {
    if (ts.isNamespaceImport(node)) sources.set(node.name.text, node.parent.parent.moduleSpecifier.text)
    const from = ts.isPropertyAccessExpression(node) ? sources.get(node.expression.getText()) : undefined
    if (!/^@?effect\//.test(from)) return void ts.forEachChild(node, visit)
    const name = `${node.expression.getText()}$${node.name.text}`
    imports.add(`\nimport { ${node.name.text} as ${name} } from "${from}"`)
    magicString.update(node.getStart(), node.end, name)
  }
  visit(file)
  for (const value of file.statements.flatMap(valuesMade)) {
    const [, exported = "", name] = /^(export )?(?:abstract )?class (\w+)/.exec(value.getText()) ?? []
    const isCall = value.arguments?.every(isPlain)
    if (!isCall) magicString.appendLeft(value.end, "))()")
    if (name) magicString.update(value.getStart(), value.name.end, `${exported}const ${name} = ${made}(() => (class`)
    else magicString.prependRight(value.getStart(), isCall ? pure : `${made}(() => (`)
  }
  magicString.replaceRegex(/^ {2}abstract .*/gm, "")
  return { code: magicString.append([...imports].join("")) }
}

/** What is imported on demand: its path matches the first of these that are loaded as one. */
const onDemand = [
  ..."PgClient postgres redis sql undici Http prompts|askProject account|log(in|out) store complet|help".split(" "),
  ..."config api|inspect|project|query|status|workspace broker doctor cache app|.".split(" ")
]
const loadedWith = (path) => onDemand.find((part) => new RegExp(part).test(path)).split("|")[0]

/** What an entry reaches is in one file, what several share in another; and so is what is imported on demand. */
const bundled = async (root) => {
  const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
  const installed = Object.keys({ ...dependencies, ...peerDependencies }).join("|")
  const required = esmExternalRequirePlugin({ external: [/^pg\/lib\//, "events", "fs", "util"] })
  // What is exported as a namespace has a file, or the namespace would be an object with everything.
  const files = entries.flatMap((entry) => {
    const found = readFileSync(`${root}/src/${entry}.ts`, "utf8").matchAll(/^export \* as \w+ from "\.\/(.+)\.ts"/gm)
    return [[entry, entry], ...[...found].map(([, path]) => [path, entry])]
  })
  const entryOf = new Map(files.map(([path, entry]) => [join(root, "src", `${path}.ts`), entry]))
  const chunkOf = (id, graph) => {
    const above = [...reached(id, (one) => graph.getModuleInfo(one)?.importers ?? [])]
    const roots = above.filter((one) => entryOf.has(one) || graph.getModuleInfo(one)?.dynamicImporters.length > 0)
    const users = new Set(roots.map((one) => entryOf.get(one) ?? loadedWith(one.slice(root.length))))
    const some = users.size === 1 ? [...users][0] : ["Http", "postgres"].find((part) => users.has(part))
    if (isEntry(id)) return null
    return users.has("index") ? "index" : entries.filter((entry) => users.has(entry)).join("-") || some || "app"
  }
  const handedOn = new Map(files.map(([path]) => [`./${path}.ts`, { id: `./${basename(path)}.js`, external: true }]))
  const resolveId = (source, importer = "") => (isEntry(importer) ? handedOn.get(source) : undefined)
  const transform = { filter: { id: /[\\/](src[\\/].*\.ts|@effect[\\/].*\.js)$/ }, handler: separable }
  return build({
    cwd: root,
    write: false,
    input: Object.fromEntries(files.map(([path]) => [basename(path), `src/${path}.ts`])),
    external: new RegExp(`^(?!pg/lib/)(node:|(${installed})(/|$))`),
    platform: "neutral",
    resolve: { mainFields: ["module", "main"], symlinks: false }, // A linked node_modules is where it is linked.
    treeshake: { moduleSideEffects: false, manualPureFunctions: [made] },
    experimental: { nativeMagicString: true },
    preserveEntrySignatures: "allow-extension",
    plugins: [required, { name: "library", resolveId, transform }],
    output: {
      chunkFileNames: "shared-[name].js",
      codeSplitting: { includeDependenciesRecursively: false, groups: [{ name: chunkOf, debugName: "parts" }] },
      minify: true,
      sourcemap: true
    }
  })
}

export const library = async (root) => {
  for (const name of readdirSync(`${root}/dist`))
    if (name !== "bin") rmSync(`${root}/dist/${name}`, { recursive: true })
  const { output } = await bundled(root)
  for (const { code, fileName, source } of output)
    writeFileSync(join(root, "dist", fileName), code?.replaceAll(made, pure) ?? source)
  const sources = output.flatMap(({ facadeModuleId, isEntry }) => (isEntry ? facadeModuleId : []))
  await declarations(root, sources)
}
