// No module of ours does anything when it is loaded: its top-level calls only make values. Marked as such, what a
// bundle does not use is left out of it. (The files of the Effect packages carry the same marks.)
import { readFile } from "node:fs/promises"
import ts from "typescript"

const mark = "/* @__PURE__ */ "

/** The positions of all calls that make a value when the module is loaded: those outside of function bodies. */
const positionsIn = (node) => {
  if (ts.isExpressionStatement(node)) return []
  if (ts.isFunctionLike(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return []
  if (ts.isPropertyDeclaration(node) && !node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword)) {
    return []
  }
  const own = ts.isCallExpression(node) || ts.isNewExpression(node) ? [node.getStart()] : []
  const nested = []
  ts.forEachChild(node, (child) => void nested.push(...positionsIn(child)))
  return [...own, ...nested]
}

/** The text with every such call marked. */
export const markPureCalls = (path, text) => {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const positions = [...new Set(positionsIn(source))].sort((a, b) => b - a)
  return positions.reduce((marked, at) => marked.slice(0, at) + mark + marked.slice(at), text)
}

/** Marks the modules below a directory on their way into a bundle. */
export const pureCalls = (filter) => ({
  name: "pure-calls",
  setup: (build) => {
    build.onLoad({ filter }, async ({ path }) => ({
      contents: markPureCalls(path, await readFile(path, "utf8")),
      loader: "ts"
    }))
  }
})
