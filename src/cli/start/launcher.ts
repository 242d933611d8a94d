/**
 * The first thing that runs: it answers what is known at build time, sends the most frequent commands down the fast
 * path and all others to the main program. Nothing of Effect is loaded before that is decided.
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { lazy } from "../../domain/internal/lazy.ts"
import { version } from "../../domain/internal/version.ts"
import type { Help } from "../app/helpPages.ts"
import type { FastCommand } from "./FastCommand.ts"
import { type BundleName, hasFastPath, load } from "./load.ts"
import { refused } from "./refused.ts"
import { commandOf, type Groups, route } from "./route.ts"
import { writeOut } from "./writeOut.ts"

/** Put in by the build: the hashes of the bundles beside this file, and the commands that group others. */
declare const HASHES: Readonly<Record<BundleName, string>>
declare const GROUPS: Groups

const shared: Record<string, unknown> = {}

const argv = process.argv.slice(2)

/**
 * Whatever sends a request asks for undici, and only one that goes through a proxy uses it: what it exports is loaded then. A bundle
 * copies the names alone.
 */
const undici = Object.defineProperties(
  {},
  Object.fromEntries(
    ["Agent", "ProxyAgent", "getGlobalDispatcher"].map((name) => [
      name,
      { enumerable: true, get: (): unknown => Reflect.get(require("undici"), name) }
    ])
  )
)

const surroundings = {
  directory: __dirname,
  command: commandOf(argv, GROUPS),
  hashes: HASHES,
  require: (name: string): unknown => {
    if (isChunk(name)) return (shared[name] ??= (fast("main").chunks[name] ?? main().chunks[name])?.())
    return name === "undici" ? undici : require(name)
  },
  importModule: (name: string): Promise<unknown> =>
    isChunk(name) ? (name.startsWith("./sharedStore-") ? store() : rest()).load(name) : import(name)
}

/** What the build has cut the main program into. */
const isChunk = (name: string): boolean => name.startsWith("./")

let loadedFast: ReturnType<typeof load<"fast">> | undefined
const fast = (way: "fast" | "main") => (loadedFast ??= load("fast", surroundings, way))
const main = lazy(() => load("main", surroundings))
const rest = lazy(() => load("rest", surroundings))
const store = lazy(() => load("store", surroundings))

const runMain = (): void => main().run(argv)

const print = (text: string): void => {
  if (!writeOut([{ to: "stdout", text }])) runMain()
}

const helpPage = (path: string): string | undefined => {
  const { pages, sections }: Help = JSON.parse(readFileSync(join(__dirname, "help.json"), "utf8"))
  return pages[path]?.map((number) => sections[number]).join("\n\n")
}

/** What the fast path does not answer has told nobody anything: the main program does it from the beginning. */
const runFast = async (command: FastCommand): Promise<void> => {
  const outcome = await fast("fast").run(command)
  if (outcome === null || !writeOut(outcome.written)) return runMain()
  process.exitCode = outcome.exitCode
}

const launch = (): void => {
  const taken = route(argv, GROUPS)
  if (taken.kind === "version") return print(`${version}\n`)
  if (taken.kind === "fast" && hasFastPath()) return void runFast(taken.command).catch(fail)
  const page = taken.kind === "help" ? helpPage(taken.page) : undefined
  return page === undefined ? runMain() : print(page)
}

const fail = (error: unknown): void => {
  process.exitCode = refused(error, argv)
}

try {
  launch()
} catch (error) {
  fail(error)
}
