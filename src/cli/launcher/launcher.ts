/**
 * The first thing that runs: it answers what is known at build time, sends the most frequent commands the short
 * way and all others the full way. Nothing of Effect is loaded before that is decided.
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { version } from "../../domain/version.ts"
import type { HotCommand, HotOutcome } from "../HotCommand.ts"
import { type Bundle, makeLoad } from "./load.ts"
import { type Groups, route } from "./route.ts"
import { writeOut } from "./writeOut.ts"

/** Put in by the build: the bundles beside this file, and the names of groups and commands. */
declare const BUNDLES: ReadonlyArray<Bundle>
declare const GROUPS: Groups
declare const COMMANDS: ReadonlyArray<string>

interface Hot {
  readonly run: (command: HotCommand) => Promise<HotOutcome | null>
}

const argv = process.argv.slice(2)

/** The command by its name, for the cache; all that has no name of its own shares one. */
const commandName = (): string => {
  const [first = "", second = ""] = argv
  return [`${first} ${second}`, first].find((name) => COMMANDS.includes(name)) ?? "other"
}

const runFull = (): void => {
  load("#full")
}

const load = makeLoad({
  directory: __dirname,
  bundles: BUNDLES,
  command: commandName(),
  require,
  import: (name) => import(name)
})

const print = (text: string): void => {
  if (!writeOut([{ to: "stdout", text }])) runFull()
}

const pages = (): Readonly<Record<string, string>> => JSON.parse(readFileSync(join(__dirname, "help.json"), "utf8"))

const isHot = (bundle: unknown): bundle is Hot =>
  typeof bundle === "object" && bundle !== null && "run" in bundle && typeof bundle.run === "function"

/** What one copy of Effect keeps for others of its version: the full way's must not find what the short way left out. */
const forgetShortWay = (): void => {
  for (const key of Object.getOwnPropertyNames(globalThis)) {
    if (key.startsWith("effect/")) Reflect.deleteProperty(globalThis, key)
  }
}

/** Whatever goes wrong here has told nobody anything: the full way meets it again and says so. */
const outcomeOf = async (command: HotCommand): Promise<HotOutcome | null> => {
  try {
    const bundle = load(`#hot-${command.name.replace(" ", "-")}`)
    return isHot(bundle) ? await bundle.run(command) : null
  } catch {
    return null
  }
}

const runHot = async (command: HotCommand): Promise<void> => {
  const outcome = await outcomeOf(command)
  if (outcome !== null && writeOut(outcome.written)) {
    process.exitCode = outcome.exitCode
    return
  }
  forgetShortWay()
  runFull()
}

const launch = (): void => {
  const way = route(argv, GROUPS)
  if (way.kind === "version") return print(`${version}\n`)
  if (way.kind === "hot") return void runHot(way.command)
  const page = way.kind === "help" ? pages()[way.page] : undefined
  return page === undefined ? runFull() : print(page)
}

launch()
