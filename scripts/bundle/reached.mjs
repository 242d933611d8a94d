// Which functions of a bundle the situations of its command call, and the bundle with nothing else in it: where one of
// the others begins, it leaves the short way.
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import ts from "typescript"
import { situations } from "./situations.mjs"
import { writeHome } from "./writeHome.mjs"

/** What ends the short way, by its name in a bundle that is not minified. */
const exit = "leaveHotPath"

const answersOf = fileURLToPath(new URL("answers.mjs", import.meta.url))

/** The situations of one command, each in a home of its own. */
const settled = (directory, name) =>
  situations.map(({ commands, files, variables }, index) => {
    const home = join(directory, String(index))
    mkdirSync(home, { mode: 0o700 })
    writeHome(home, files)
    return { home, variables, commands: commands.filter((command) => command.name === name) }
  })

const answers = (bundle, settledSituations, coverage) => {
  const env = { PATH: process.env.PATH, ...(coverage === undefined ? {} : { NODE_V8_COVERAGE: coverage }) }
  const input = JSON.stringify(settledSituations)
  const { status, stderr, stdout } = spawnSync(process.execPath, [answersOf, bundle], { env, input, encoding: "utf8" })
  if (status !== 0) throw new Error(stderr.slice(-2000))
  // Once one has left, all after it do.
  const left = JSON.parse(stdout).find(({ answer }) => answer === null)
  if (left !== undefined) throw new Error(`This leaves the short way: ${JSON.stringify(left)}`)
  return stdout
}

/** The functions that V8 saw called, by their end: those that end at the same place begin at different ones. */
const calledIn = (coverage, bundle) => {
  const called = new Map()
  for (const name of readdirSync(coverage)) {
    const { result } = JSON.parse(readFileSync(join(coverage, name), "utf8"))
    const functions = result
      .filter(({ url }) => fileURLToPathOrNone(url) === bundle)
      .flatMap((script) => script.functions)
    for (const { ranges } of functions) {
      const [{ count, endOffset, startOffset }] = ranges
      if (count > 0) called.set(endOffset, [...(called.get(endOffset) ?? []), startOffset])
    }
  }
  return called
}

const fileURLToPathOrNone = (url) => (url.startsWith("file:") ? fileURLToPath(url) : undefined)

const isReplaceable = (node) =>
  node.body !== undefined &&
  (ts.isFunctionDeclaration(node) ||
    ts.isFunctionExpression(node) ||
    ts.isArrowFunction(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isAccessor(node))

/** V8 counts a function from its keyword, its name or its parameters on: in any case before its body. */
const isCalled = (node, called) =>
  (called.get(node.getEnd()) ?? []).some((start) => start >= node.getStart() && start < node.body.getStart())

/**
 * What ends the short way; and what depends on chance, as hashes do, so that no number of situations shows all of it.
 */
const wholeModules =
  /(^src\/cli\/leaveHotPath\.ts|\/effect\/dist\/esm\/(Utils|Hash|HashMap|HashSet|internal\/(hashMap|hashSet|stack)(\/\w+)?)\.js)$/

/** The places where such modules are: a bundle that is not minified names each module before its code. */
const wholePlaces = (text) =>
  [...text.matchAll(/^\/\/ (\S+\.[cm]?[jt]s)$/gm)]
    .map(({ 1: path, index }, at, all) => ({ path, from: index, to: all[at + 1]?.index ?? text.length }))
    .filter(({ path }) => wholeModules.test(path))

const mayGo = (node, { called, places }) =>
  isReplaceable(node) &&
  !places.some(({ from, to }) => from < node.getStart() && node.getStart() < to) &&
  !isCalled(node, called)

/** The bodies of the functions that nobody called; what is in them is not looked at. */
const uncalled = (node, known) => {
  if (mayGo(node, known)) return [node.body]
  const found = []
  ts.forEachChild(node, (child) => void found.push(...uncalled(child, known)))
  return found
}

const withoutUncalled = (text, called) => {
  const source = ts.createSourceFile("bundle.cjs", text, ts.ScriptTarget.Latest, true, ts.ScriptKind.JS)
  const pieces = []
  let at = 0
  for (const body of uncalled(source, { called, places: wholePlaces(text) })) {
    pieces.push(text.slice(at, body.getStart()), ts.isBlock(body) ? `{ return ${exit}() }` : `${exit}()`)
    at = body.getEnd()
  }
  return [...pieces, text.slice(at)].join("")
}

/** `reduce` makes the bundle for use of what is reached; it must answer as the whole one does. */
export const onlyReached = async (name, text, reduce) => {
  if (text.split(`function ${exit}(`).length !== 2) throw new Error("Nothing to leave the short way with.")
  const directory = mkdtempSync(join(tmpdir(), "mp-reached-"))
  try {
    const [whole, reached, coverage] = ["whole.cjs", "reached.cjs", "coverage"].map((file) => join(directory, file))
    writeFileSync(whole, text)
    const inTheirHomes = settled(directory, name)
    const expected = answers(whole, inTheirHomes, coverage)
    const reduced = await reduce(withoutUncalled(text, calledIn(coverage, whole)))
    writeFileSync(reached, reduced)
    if (answers(reached, inTheirHomes) !== expected) throw new Error(`What ${name} needs is missing in its bundle.`)
    return reduced
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
