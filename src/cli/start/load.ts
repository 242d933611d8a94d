/** Loads the bundles beside the launcher, with what V8 made of them the last time. */
import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { Script } from "node:vm"
import type * as Main from "../bin.ts"
import { exitCodes } from "../app/exitCode.ts"
import type * as Fast from "../fast.ts"
import * as CodeCache from "./codeCache.ts"
import { keyOf } from "./CodeCacheEntry.ts"

/** What the bundles export. */
interface Bundles {
  readonly fast: typeof Fast
  /** The build adds what the rest shares of it. */
  readonly main: typeof Main & { readonly chunks: Readonly<Record<string, () => unknown>> }
  /** What the main program imports on demand. */
  readonly rest: { readonly load: (chunk: string) => Promise<unknown> }
  readonly undici: unknown
}

export type BundleName = keyof Bundles

/** What the launcher has, and a script without a module of its own lacks. */
export interface Surroundings {
  readonly directory: string
  /** The hashes of the bundles. */
  readonly hashes: Readonly<Record<BundleName, string>>
  readonly require: (name: string) => unknown
  /** For packages that are imported on demand: code from a cache has forgotten how. */
  readonly importModule: (name: string) => Promise<unknown>
}

/** Gives what a bundle exports. */
export const load = <Name extends BundleName>(
  name: Name,
  { directory, hashes, importModule, require }: Surroundings
): Bundles[Name] => {
  const script = compile(join(directory, `${name}.cjs`), keyOf(hashes[name]))
  const evaluate = (): Bundles[Name] => script.runInThisContext()(require, importModule)
  // What undici asks for, it uses.
  return name === "undici" ? evaluate() : withoutQuestions(evaluate)
}

/** Bundles are ASCII, which the build makes sure of: nothing has to be decoded. */
const compile = (file: string, key: string): Script => {
  const text = readFileSync(file, "latin1")
  const own = CodeCache.userDirectory(process.env)
  const installed = CodeCache.packageDirectory(process.env, dirname(file))
  const cachedData =
    (own && CodeCache.findForUser(own, key)) || (installed && CodeCache.findInPackage(installed, key)) || undefined
  const script = new Script(text, { filename: file, cachedData })
  if (own !== undefined && (cachedData === undefined || script.cachedDataRejected === true)) {
    process.on("exit", (code) => {
      // A command line that was refused needed little of what others need.
      if (code !== exitCodes.invalidArgument) CodeCache.write(own, key, script.createCachedData())
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
