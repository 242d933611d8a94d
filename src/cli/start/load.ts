/** Loads the bundles beside the launcher, with what V8 made of them the last time. */
import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { Script } from "node:vm"
import { isOnDisk } from "../../domain/storage/storeVariables.ts"
import type * as Main from "../bin.ts"
import { exitCodes } from "../app/exitCode.ts"
import type * as Fast from "../fast.ts"
import * as CodeCache from "./codeCache.ts"
import { keyOf } from "./CodeCacheEntry.ts"

/** The build adds what later bundles share of one. */
interface Shared {
  readonly chunks: Readonly<Record<string, () => unknown>>
}

/** What the bundles export. */
interface Bundles {
  readonly fast: typeof Fast & Shared
  /** The main program, without what the fast path holds already. */
  readonly main: typeof Main & Shared
  /** What both import on demand. */
  readonly rest: { readonly load: (chunk: string) => Promise<unknown> }
  /** What the store of `MP_STORE` needs beyond all that. */
  readonly store: { readonly load: (chunk: string) => Promise<unknown> }
}

export type BundleName = keyof Bundles

/** What the launcher has, and a script without a module of its own lacks. */
export interface Surroundings {
  readonly directory: string
  /** What runs, without its arguments: code is kept for each once. */
  readonly command: string
  /** The hashes of the bundles. */
  readonly hashes: Readonly<Record<BundleName, string>>
  readonly require: (name: string) => unknown
  /** For packages that are imported on demand: code from a cache has forgotten how. */
  readonly importModule: (name: string) => Promise<unknown>
}

/** It reads what is on the disk of this machine, and asks no engine. */
export const hasFastPath = (): boolean => isOnDisk(process.env["MP_STORE"])

/** Gives what a bundle exports. On each way another part of the fast path's bundle is used: each has a cache of its own. */
export const load = <Name extends BundleName>(
  name: Name,
  { command, directory, hashes, importModule, require }: Surroundings,
  way: "fast" | "main" = "main"
): Bundles[Name] => {
  const script = compile(join(directory, `${name}.cjs`), `${way}-${keyOf(hashes[name])}`, command)
  return withoutQuestions((): Bundles[Name] => script.runInThisContext()(require, importModule))
}

/** More command lines than anybody types: from then on the code is complete enough. */
const maxCommands = 64

/** With whatever flags: it writes what others have run, and its own would take the place of that. */
const isWarming = (command: string): boolean => /^cache warm\b/.test(command)

/** What was put beside the bundles is used as it is. */
const installedCode = (file: string, key: string) => {
  const directory = CodeCache.packageDirectory(process.env, dirname(file))
  return directory === undefined ? undefined : CodeCache.findInPackage(directory, key)
}

/** Bundles are ASCII, which the build makes sure of: nothing has to be decoded. */
const compile = (file: string, key: string, command: string): Script => {
  const text = readFileSync(file, "latin1")
  const directory = CodeCache.userDirectory(process.env)
  const own = directory === undefined ? undefined : CodeCache.findForUser(directory, key)
  const found = own ?? installedCode(file, key)
  const script = new Script(text, { filename: file, cachedData: found?.code })
  const isUsed = found !== undefined && script.cachedDataRejected !== true
  const isComplete =
    isUsed && (own === undefined || own.commands.includes(command) || own.commands.length >= maxCommands)
  if (directory !== undefined && !isComplete && !isWarming(command)) {
    const commands = isUsed ? found.commands : []
    process.on("exit", (code) => {
      // A command line that was refused needed little of what others need.
      if (code === exitCodes.invalidArgument) return
      CodeCache.write(directory, key, { code: script.createCachedData(), commands: [...commands, command] })
    })
  }
  return script
}

/**
 * Runs a bundle to its end with two things out of sight that Effect asks for when it is loaded, and that cost milliseconds
 * to make: the stream of stdout (for colours), and the clock of `performance`. Stacks are not recorded meanwhile. The program
 * starts afterwards, with all of it in place.
 */
const withoutQuestions = <A>(run: () => A): A => {
  const hidden = [hide(process, "stdout"), hide(globalThis, "performance")]
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    return run()
  } finally {
    Error.stackTraceLimit = stackTraceLimit
    for (const show of hidden) show()
  }
}

/** Gives what brings the property back. */
const hide = (owner: object, name: string): (() => void) => {
  const property = Object.getOwnPropertyDescriptor(owner, name)
  if (property?.configurable !== true) return () => undefined
  Object.defineProperty(owner, name, { value: undefined, configurable: true, enumerable: property.enumerable ?? true })
  return () => void Object.defineProperty(owner, name, property)
}
