// The names that a module exports, in the order in which it does.
import ts from "typescript"

const modifiersOf = (statement) => (ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [])

const has = (statement, kind) => modifiersOf(statement).some((modifier) => modifier.kind === kind)

const isType = (statement) => ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)

const namesIn = (statement) => {
  if (!has(statement, ts.SyntaxKind.ExportKeyword) || isType(statement)) return []
  if (has(statement, ts.SyntaxKind.DefaultKeyword)) return ["default"]
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations.map(({ name }) => name.text)
  return statement.name === undefined ? [] : [statement.name.text]
}

export const exportsOf = (path, text) =>
  ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true).statements.flatMap(namesIn)

/** A module with the same exports, each a function (or a class to make things of) with one and the same body. */
export const stubOf = (path, text, body) =>
  exportsOf(path, text)
    .map((name) => `export ${name === "default" ? "default" : `const ${name} =`} function () { ${body} }`)
    .join("\n")
