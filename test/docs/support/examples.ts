/** What the package exports, and the examples in its comments as modules that can be compiled. */
import { join } from "node:path"
import ts from "typescript"
import { root } from "../../package/support/project.ts"

const entries = ["index", "node", "testing", "cli", "redis", "sql"]
export const config = ts.parseJsonConfigFileContent(
  ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile).config,
  ts.sys,
  root
)
export const program = ts.createProgram(
  entries.map((entry) => join(root, `src/${entry}.ts`)),
  config.options
)
export const checker = program.getTypeChecker()

export interface Export {
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

export const exported = entries.flatMap((entry) => {
  const file = program.getSourceFile(join(root, `src/${entry}.ts`))
  const symbol = file && checker.getSymbolAtLocation(file)
  if (symbol === undefined) throw new Error(`src/${entry}.ts is no module`)
  return exportsOf(entry, symbol, `${entry}: `)
})

/** A class or an interface with what it has, and a service with its methods. */
const documented = ({ symbol }: Export): ReadonlyArray<ts.Symbol> => {
  const [declaration] = symbol.declarations ?? []
  const service = declaration && checker.getTypeOfSymbolAtLocation(symbol, declaration).getProperty("Service")
  return [
    symbol,
    ...(symbol.exports?.values() ?? []),
    ...(symbol.members?.values() ?? []),
    ...(service === undefined ? [] : checker.getTypeOfSymbol(service).getProperties())
  ]
}

export const examplesOf = (one: Export): ReadonlyArray<string> =>
  documented(one).flatMap((symbol) =>
    symbol
      .getJsDocTags(checker)
      .filter(({ name }) => name === "example")
      .map(({ text }) => ts.displayPartsToString(text))
  )

const effects = ["Config", "Context", "Effect", "Layer", "Option", "Redacted", "Schema", "Stream"]

/** What the examples take for given. */
const given = `
declare const account: OAuthBrowserAccount
declare const serviceAccount: ServiceAccount
declare const session: Session
declare const resolver: Context.Tag.Service<TokenResolver>
declare const flow: Context.Tag.Service<OAuthFlow>
declare const store: Context.Tag.Service<ConfigStore>
declare const discovery: Context.Tag.Service<Discovery>
declare const bridges: Context.Tag.Service<BridgeExport>
declare const doctor: Context.Tag.Service<Doctor>
declare const current: Context.Tag.Service<CurrentSession>
declare const judge: (request: CallbackRequest) => Effect.Effect<CallbackVerdict>
declare const request: ProbeRequest
declare const mixpanel: Context.Tag.Service<Mixpanel> & Context.Tag.Service<MixpanelHttpClient>
declare const fileSystem: FileSystem.FileSystem
declare const username: string
declare const projects: ReadonlyArray<Project>
declare const client: ClientRegistration & { readonly sendCommand: (words: ReadonlyArray<string>) => Promise<unknown> }
declare const state: Redacted.Redacted
declare const codeVerifier: Redacted.Redacted
declare const config: ConfigDocument.ConfigDocument
declare const environment: Parameters<typeof Resolution.resolve>[0]["environment"]
declare const events: Stream.Stream<MixpanelEvent>
declare const projectToken: Redacted.Redacted
declare const secret: Redacted.Redacted
declare const url: Redacted.Redacted
declare const PgClient: { readonly layer: (options: { readonly url: Redacted.Redacted }) => Layer.Layer<SqlClient.SqlClient> }
declare const sql: SqlClient.SqlClient
declare const vault: Context.Tag.Service<TokenStore>
declare const program: Effect.Effect<void>
`

/** The names of an entry win over those of the main one; `layer` is that of Node where an entry has none. */
const importsFor = (entry: string): string => {
  const from = new Map<string, string>()
  for (const { entry: module, name } of exported
    .filter((one) => rank(entry, one) >= 0)
    .sort((one, other) => rank(entry, one) - rank(entry, other))) {
    from.set(name.split(": ")[1]?.split(".")[0] ?? "", module.split(":")[0] ?? "")
  }
  return [...from]
    .filter(([name]) => !given.includes(`declare const ${name}:`))
    .map(([name, module]) => `import { ${name} } from "effect-mixpanel${module === "index" ? "" : `/${module}`}"`)
    .join("\n")
}

/** What is imported last wins. */
const rank = (entry: string, { entry: module }: Export): number =>
  module === entry ? 2 : module === "index" ? 1 : module === "node" ? 0 : -1

const preludeFor = (entry: string): string =>
  [
    ...effects.map((name) => `import * as ${name} from "effect/${name}"`),
    'import type * as SqlClient from "@effect/sql/SqlClient"',
    ...["FetchHttpClient", "FileSystem", "HttpClientRequest"].map(
      (name) => `import * as ${name} from "@effect/platform/${name}"`
    ),
    importsFor(entry),
    given
  ].join("\n")

const block = (example: string): string => /```ts\n(.*?)```/s.exec(example)?.[1] ?? ""

/** One module per example; `yield*` stands in a generator. */
export const modules = new Map(
  exported
    .flatMap((one) => examplesOf(one).map((example) => ({ ...one, code: block(example) })))
    .map(({ code, entry, name }, index) => {
      const body = /^(?!.*function\*).*yield\*/s.test(code)
        ? `export const all = Effect.gen(function* () {\n${code}})`
        : code
      return [
        join(root, `test/docs/example${index}.ts`),
        { name, text: `${preludeFor(entry.split(":")[0] ?? "")}\n{\n${body.replace(/^export /, "")}\n}\nexport {}` }
      ] as const
    })
)
