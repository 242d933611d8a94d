/** What `effect-mixpanel` exports says what it is, since when, and of which kind; the examples of services and layers compile. */
import { join } from "node:path"
import ts from "typescript"
import { expect, it } from "vitest"
import { root } from "../package/support/project.ts"

const entries = ["index", "node", "testing", "cli", "redis", "sql"]
const config = ts.parseJsonConfigFileContent(
  ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile).config,
  ts.sys,
  root
)
const program = ts.createProgram(
  entries.map((entry) => join(root, `src/${entry}.ts`)),
  config.options
)
const checker = program.getTypeChecker()

interface Export {
  readonly entry: string
  readonly name: string
  readonly symbol: ts.Symbol
}

const original = (symbol: ts.Symbol): ts.Symbol =>
  symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol

/** Those of namespaces too. */
const exportsOf = (entry: string, of: ts.Symbol, path: string): ReadonlyArray<Export> =>
  checker.getExportsOfModule(of).flatMap((exported) => {
    const symbol = original(exported)
    const name = `${path}${exported.name}`
    return symbol.declarations?.some(ts.isSourceFile) === true
      ? exportsOf(entry, symbol, `${name}.`)
      : [{ entry, name, symbol }]
  })

const exported = entries.flatMap((entry) => {
  const file = program.getSourceFile(join(root, `src/${entry}.ts`))
  const symbol = file && checker.getSymbolAtLocation(file)
  if (symbol === undefined) throw new Error(`src/${entry}.ts is no module`)
  return exportsOf(entry, symbol, `${entry}: `)
})

const tagsOf = (symbol: ts.Symbol): ReadonlyArray<string> => symbol.getJsDocTags(checker).map(({ name }) => name)

const namesOf = (found: ReadonlyArray<Export>): ReadonlyArray<string> => found.map(({ name }) => name)

it("has a comment on each export, with its version and its kind", () => {
  expect(exported.length).toBeGreaterThan(300)
  const isSaid = ({ symbol }: Export) =>
    symbol.getDocumentationComment(checker).length > 0 &&
    ["since", "category"].every((tag) => tagsOf(symbol).includes(tag))
  expect(namesOf(exported.filter((one) => !isSaid(one)))).toEqual([])
})
