/** Loads the parts of the bundles beside the launcher, with what V8 made of them the last time. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { Script } from "node:vm"
import { cacheDirectory, read, write } from "./codeCache.ts"
import { keyOf, mayBeKept, shipped } from "./keptCode.ts"

interface Module {
  exports: unknown
}

type Part = (exports: unknown, require: (name: string) => unknown, module: Module) => void

/** A file beside the launcher: the hash of its content, and the names of the parts that it holds. */
export interface Bundle {
  readonly name: string
  readonly hash: string
  readonly parts: ReadonlyArray<string>
}

export interface Surroundings {
  readonly directory: string
  readonly bundles: ReadonlyArray<Bundle>
  /** What is run: a bundle's code is kept anew when a command needs it that has not been in it before. */
  readonly command: string
  /** For everything that is no part. */
  readonly require: (name: string) => unknown
  /** For packages that are imported on demand: a script that was kept has forgotten how. */
  readonly import: (name: string) => Promise<unknown>
}

/** Makes the loader of parts, which are known by `#` and their name. */
export const makeLoad = ({ bundles, command, directory, ...outside }: Surroundings): ((name: string) => unknown) => {
  const isKept = mayBeKept(process.env)
  const cache = isKept ? cacheDirectory(process.env) : undefined
  const files = new Map<string, Readonly<Record<string, Part>>>()
  const modules = new Map<string, Module>()

  const partsOf = (bundle: Bundle): Readonly<Record<string, Part>> => {
    const found = files.get(bundle.name) ?? compile(bundle)
    files.set(bundle.name, found)
    return found
  }

  const compile = ({ hash, name }: Bundle): Readonly<Record<string, Part>> => {
    const file = join(directory, name)
    const key = keyOf(hash)
    const ours = cache === undefined ? undefined : read(cache, key)
    const kept = ours ?? (isKept ? shipped(directory, key) : undefined)
    // Bundles are ASCII, which the build makes sure of: nothing has to be decoded.
    const script = new Script(readFileSync(file, "latin1"), {
      filename: file,
      cachedData: kept?.code
    })
    const seen = kept === undefined || script.cachedDataRejected === true ? [] : kept.seen
    if (cache !== undefined && !seen.includes(command)) {
      process.on("exit", () => write(cache, key, { code: script.createCachedData(), seen: [...seen, command] }))
    }
    return script.runInThisContext()
  }

  const load = (name: string): unknown => {
    const known = modules.get(name)
    if (known !== undefined) return known.exports
    const bundle = bundles.find(({ parts }) => parts.includes(name.slice(1)))
    const part = name.startsWith("#") && bundle !== undefined ? partsOf(bundle)[name.slice(1)] : undefined
    if (part === undefined) {
      return name.startsWith("import:") ? outside.import(name.slice("import:".length)) : outside.require(name)
    }
    const module: Module = { exports: {} }
    modules.set(name, module)
    part(module.exports, load, module)
    return module.exports
  }
  return load
}
