/** Which files of a package others lead to: what is never reached never runs. */
import { readdirSync, readFileSync } from "node:fs"
import { basename, dirname, join, normalize } from "node:path"
import ts from "typescript"

type Follow = (path: string, text: string) => ReadonlyArray<string>

/** Everything that is reached from some files, these included; paths are relative to `directory`. */
const closure = (directory: string, entries: ReadonlyArray<string>, follow: Follow): ReadonlySet<string> => {
  const reached = new Set<string>()
  const waiting = [...entries]
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (reached.has(path)) continue
    reached.add(path)
    waiting.push(...follow(path, readFileSync(join(directory, path), "utf8")))
  }
  return reached
}

/** What stands behind `import`, `export … from`, `import()` and, in declarations, `import("…").X`. */
const specifierOf = (node: ts.Node): ts.Node | undefined => {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier
  if (ts.isImportTypeNode(node)) return ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined
  const isImport = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
  return isImport ? node.arguments[0] : undefined
}

const specifiers = (node: ts.Node): ReadonlyArray<string> => {
  const specifier = specifierOf(node)
  const own = specifier !== undefined && ts.isStringLiteralLike(specifier) ? [specifier.text] : []
  const below: Array<string> = []
  ts.forEachChild(node, (child) => void below.push(...specifiers(child)))
  return [...own, ...below]
}

const imports: Follow = (path, text) =>
  specifiers(ts.createSourceFile(path, text, ts.ScriptTarget.ESNext))
    .filter((specifier) => specifier.startsWith("."))
    .map((specifier) => normalize(join(dirname(path), specifier)))

/** A declaration names its neighbours by the code that they are the types of. */
const declarations: Follow = (path, text) => imports(path, text).map((found) => found.replace(/\.js$/, ".d.ts"))

/** The files that entries, given without extension, lead to at run time and in their types. */
export const reachedFiles = (directory: string, entries: ReadonlyArray<string>): ReadonlySet<string> => {
  const code = closure(
    directory,
    entries.map((entry) => `${entry}.js`),
    imports
  )
  const types = closure(
    directory,
    entries.map((entry) => `${entry}.d.ts`),
    declarations
  )
  return new Set([...code, ...types])
}

/** A script goes by its name without extension. */
const mentions = (text: string, name: string): boolean =>
  text.includes(name) || (name.endsWith(".cjs") && text.includes(`"${name.slice(0, -4)}"`))

/** The neighbours of a bundle that it, or one of them, names: bundles find each other by file name. */
export const reachedNeighbours = (directory: string, entry: string): ReadonlySet<string> => {
  const folder = dirname(entry)
  const all = readdirSync(join(directory, folder), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
  return closure(directory, [entry], (path, text) =>
    all.filter((name) => name !== basename(path) && mentions(text, name)).map((name) => join(folder, name))
  )
}
