// What a frequent command never reaches is not in its bundle: each function of such a module leaves the short way,
// and so does everything that is loaded on demand.
import { readFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import ts from "typescript"

const root = fileURLToPath(new URL("../..", import.meta.url))
const leave = `import { leaveHotPath } from "./src/cli/leaveHotPath.ts"\n`

const exportsOf = (path, text) => {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const names = []
  for (const statement of source.statements) {
    const exported =
      ts.canHaveModifiers(statement) &&
      ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
    if (!exported) continue
    const isDefault = ts.getModifiers(statement).some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)
    if (isDefault) names.push("default")
    else if (ts.isVariableStatement(statement))
      names.push(...statement.declarationList.declarations.map(({ name }) => name.text))
    else if (statement.name !== undefined) names.push(statement.name.text)
  }
  return names
}

const stub = (name) =>
  name === "default"
    ? "export default () => { throw leaveHotPath }"
    : `export const ${name} = () => { throw leaveHotPath }`

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
      contents:
        leave +
        exportsOf(path, await readFile(path, "utf8"))
          .map(stub)
          .join("\n"),
      resolveDir: root
    }))
  }
})
