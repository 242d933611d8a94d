/** What `effect-mixpanel` exports says what it is, since when, and of which kind; every example compiles. */
import ts from "typescript"
import { expect, it } from "vitest"
import { checker, config, type Export, examplesOf, exported, modules, program } from "./support/examples.ts"

const tagsOf = (symbol: ts.Symbol): ReadonlyArray<string> => symbol.getJsDocTags(checker).map(({ name }) => name)

const namesOf = (found: ReadonlyArray<Export>): ReadonlyArray<string> => found.map(({ name }) => name)

it("has a comment on each export, with its version and its kind", () => {
  expect(exported.length).toBeGreaterThan(300)
  const isSaid = ({ symbol }: Export) =>
    symbol.getDocumentationComment(checker).length > 0 &&
    ["since", "category"].every((tag) => tagsOf(symbol).includes(tag))
  expect(namesOf(exported.filter((one) => !isSaid(one)))).toEqual([])
})

const isCategory =
  (...names: ReadonlyArray<string>) =>
  ({ symbol }: Export): boolean =>
    symbol
      .getJsDocTags(checker)
      .some(({ name, text }) => name === "category" && names.includes(ts.displayPartsToString(text)))

/** A class is a tag; what else has to do with services is the type of one. */
const isTagOrLayer = (one: Export): boolean =>
  isCategory("layers")(one) ||
  (isCategory("services")(one) && one.symbol.declarations?.some(ts.isClassDeclaration) === true)

/** A class with a schema: others are made by functions. */
const isValueClass = ({ symbol }: Export): boolean => {
  const [declaration] = symbol.declarations ?? []
  return (
    declaration !== undefined &&
    ts.isClassDeclaration(declaration) &&
    checker.getTypeOfSymbolAtLocation(symbol, declaration).getProperty("fields") !== undefined
  )
}

it("shows each service, each layer and each constructor of a value at work", () => {
  const shown = exported.filter((one) => isTagOrLayer(one) || isValueClass(one))
  expect(shown.filter(isValueClass).length).toBeGreaterThan(10)
  expect(namesOf(shown.filter((one) => examplesOf(one).length === 0))).toEqual([])
  const isMade = (one: Export) => examplesOf(one).some((example) => example.includes(`new ${one.symbol.name}(`))
  expect(namesOf(shown.filter(isValueClass).filter((one) => !isMade(one)))).toEqual([])
})

it("compiles every example", () => {
  const options = { ...config.options, noUnusedLocals: false, verbatimModuleSyntax: false }
  const host = ts.createCompilerHost(options)
  const read = host.getSourceFile.bind(host)
  const exists = host.fileExists.bind(host)
  host.fileExists = (path) => modules.has(path) || exists(path)
  host.getSourceFile = (path, target) => {
    const example = modules.get(path)
    return example === undefined
      ? (program.getSourceFile(path) ?? read(path, target))
      : ts.createSourceFile(path, example.text, target)
  }
  const examples = ts.createProgram([...modules.keys()], options, host)
  const faults = [...modules].flatMap(([path, { name }]) =>
    examples
      .getSemanticDiagnostics(examples.getSourceFile(path))
      .map(({ messageText }) => `${name}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`)
  )
  expect(faults).toEqual([])
}, 120_000)
