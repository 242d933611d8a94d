/** Promise 23: what the build makes of the library is held to the contracts that its sources are held to. */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import ts from "typescript"
import { describe } from "vitest"
import { contract } from "../layers/CredentialFiles.contract.ts"
import { temporaryDirectory } from "../layers/node/files/support.ts"
import { runStorm } from "../oauth/support/storm.ts"
import { node, testing } from "./built/library.ts"
import { run } from "./support/command.ts"
import { root } from "./support/project.ts"

describe("files on disk", () => contract({ layer: node.diskFiles, directory: temporaryDirectory }))

describe("files in memory", () =>
  contract({ layer: testing.layer(), directory: Effect.succeed(`${testing.home}/contract`) }))

describe("one spend", () => {
  it.effect(
    "8 processes × 3 expiries: 3 refreshes, no reuse, nobody logged out",
    () =>
      Effect.gen(function* () {
        const result = yield* runStorm({ processes: 8, rounds: 3, lock: "built", delayMillis: 20 })
        expect(result).toMatchObject({
          asked: 24,
          right: 24,
          requests: 3,
          mostInFlight: 1,
          reuses: 0,
          loggedOut: 0,
          errors: {}
        })
      }),
    120_000
  )
})

it.effect("a stack trace leads to the line of the source", () =>
  Effect.gen(function* () {
    const program =
      'import("./dist/index.js").then(({ Session }) => new Session({})).catch(({ stack }) => console.log(stack))'
    const { stdout } = yield* run(process.execPath, ["--enable-source-maps", "-e", program], { cwd: root })
    const source = "src/domain/internal/onDemand.ts"
    const lines = readFileSync(join(root, source), "utf8").split("\n")
    const thrown = lines.findIndex((line) => line.includes("throw new InvalidArgument(")) + 1
    expect(stdout).toContain(`${source}:${thrown}:`)
  })
)

it.effect("every file loads as a module of Node, also what is loaded on demand", () =>
  Effect.gen(function* () {
    const files = readdirSync(join(root, "dist")).filter((name) => name.endsWith(".js"))
    expect(files.length).toBeGreaterThan(30)
    for (const name of files)
      yield* Effect.promise(() => import(/* @vite-ignore */ pathToFileURL(join(root, "dist", name)).href))
  })
)

/** What `scripts/library.mjs` takes for granted: a namespace's name means nothing else anywhere in its module, and only members begin as `abstract` ones do. */
const misread = (text: string): ReadonlyArray<string> => {
  const file = ts.createSourceFile("module.ts", text, ts.ScriptTarget.ESNext, true)
  const namespaces = new Set<string>()
  const rebound: Array<string> = []
  const members: Array<number> = []
  const visit = (node: ts.Node): void => {
    const from = ts.isNamespaceImport(node) ? node.parent.parent.moduleSpecifier.getText() : ""
    if (ts.isNamespaceImport(node)) return void (/^"@?effect\//.test(from) && namespaces.add(node.name.text))
    const { parent } = node
    const isName = ts.isIdentifier(node) && namespaces.has(node.text) && "name" in parent && parent.name === node
    if (isName && !ts.isPropertyAccessExpression(parent) && !ts.isNamespaceExport(parent)) rebound.push(node.text)
    if (ts.isClassElement(node) && ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Abstract)
      members.push(node.getStart())
    ts.forEachChild(node, visit)
  }
  visit(file)
  const lines = [...text.matchAll(/^ {2}abstract .*/gm)]
  const others = lines.filter(({ index }) => !members.includes(index + 2)).map(([line]) => line)
  return [...rebound, ...others]
}

it("the build may take a namespace's name for the namespace wherever it stands", () => {
  const within = (line: string): string => `import * as Effect from "effect/Effect"\n${line}`
  expect(misread(within("const f = (Effect) => Effect.map"))).toEqual(["Effect"])
  expect(misread(within("const { Effect } = other"))).toEqual(["Effect"])
  expect(misread(within("function f() { class Effect {} }"))).toEqual(["Effect"])
  expect(misread("const text = `\n  abstract words`")).toEqual(["  abstract words`"])
  expect(misread(within("abstract class A {\n  abstract map: typeof Effect.map\n}\nexport default a.Effect"))).toEqual(
    []
  )
  const maps = readdirSync(join(root, "dist")).filter((name) => name.endsWith(".js.map"))
  const sources = maps.flatMap((name): ReadonlyArray<string> => {
    const map: { readonly sources: ReadonlyArray<string> } = JSON.parse(readFileSync(join(root, "dist", name), "utf8"))
    return map.sources.filter((source) => /(src\/.*\.ts|@effect\/.*\.js)$/.test(source))
  })
  expect(sources.length).toBeGreaterThan(500)
  const found = sources.map((source) => [source, misread(readFileSync(join(root, "dist", source), "utf8"))])
  expect(found.filter(([, names]) => names?.length !== 0)).toEqual([])
})
