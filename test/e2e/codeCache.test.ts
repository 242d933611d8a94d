/** What V8 compiled, for the next start: never needed, and trusted no more than the tokens are. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as fc from "effect/FastCheck"
import { chmod, cp, lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { builtMp, makeHome, runMp } from "../support/mp.ts"
import { needs } from "../support/needs.ts"

const config = { ".mp/config.toml": '[accounts.ci]\ntype = "oauth_token"\nregion = "us"\ntoken = "abc"\n' }
const directoryOf = (home: string): string => join(home, "cache", "effect-mixpanel")

const mp = (args: ReadonlyArray<string>, home: string, env: Readonly<Record<string, string>> = {}) =>
  runMp(args, { home, env: { XDG_CACHE_HOME: join(home, "cache"), ...env } })

const token = (home: string, env: Readonly<Record<string, string>> = {}) => mp(["account", "token", "ci"], home, env)
const main = (home: string) => mp(["config", "path"], home)

const expected = { code: 0, stdout: "abc\n", stderr: "" }

const filesIn = (directory: string): Effect.Effect<ReadonlyArray<string>> =>
  Effect.promise(() => readdir(directory).catch(() => []))

const modeOf = (path: string) => Effect.promise(async () => (await lstat(path)).mode & 0o777)

describe("the bundles", () => {
  it.effect.each(["mp", "fast", "main", "rest"])(
    "%s.cjs is ASCII: it is read byte for byte, each as a character",
    (name) =>
      Effect.gen(function* () {
        const bytes = yield* Effect.promise(() => readFile(join(dirname(builtMp), `${name}.cjs`)))
        // A tagged template (text`…`) is the one place where the build leaves other characters as they are.
        expect(bytes.findIndex((byte) => byte > 0x7e)).toBe(-1)
      })
  )
})

describe("the code cache", () => {
  it.effect("is a private file in a private directory, one for each bundle that ran and the way it was used", () =>
    Effect.gen(function* () {
      const home = yield* makeHome(config)
      expect(yield* token(home)).toEqual(expected)
      yield* main(home)
      const files = yield* filesIn(directoryOf(home))
      expect(files).toHaveLength(3)
      expect(yield* modeOf(directoryOf(home))).toBe(0o700)
      for (const file of files) expect(yield* modeOf(join(directoryOf(home), file))).toBe(0o600)
      expect(yield* token(home)).toEqual(expected)
      expect(yield* filesIn(directoryOf(home))).toEqual(files)
    }).pipe(Effect.scoped)
  )

  it.effect("is written again by a command that it has not seen, and by no other", () =>
    Effect.gen(function* () {
      const home = yield* makeHome(config)
      const kept = () =>
        Effect.flatMap(filesIn(directoryOf(home)), (files) =>
          Effect.forEach(files, (file) => Effect.promise(() => readFile(join(directoryOf(home), file), "latin1")))
        )
      const run = (...args: ReadonlyArray<string>) => Effect.flatMap(mp(args, home), () => kept())
      const first = yield* run("config", "path")
      expect(yield* run("config", "path")).toEqual(first)
      const both = yield* run("target", "list", "--format=json")
      expect(both).not.toEqual(first)
      for (const text of both) expect(text).toContain("config path\ntarget list --format")
      expect(yield* run("target", "list", "--format", "csv")).toEqual(both)
      expect(yield* run("config", "path")).toEqual(both)
    }).pipe(Effect.scoped)
  )

  it.effect("may be damaged in any way", () =>
    Effect.gen(function* () {
      const home = yield* makeHome(config)
      yield* token(home)
      const [file = ""] = yield* filesIn(directoryOf(home))
      const path = join(directoryOf(home), file)
      const sound = yield* Effect.promise(() => readFile(path))
      const flipped = fc
        .sample(fc.nat(sound.length - 1), { numRuns: 12, seed: 7 })
        .map((at) => Buffer.from(sound.map((byte, index) => (index === at ? byte ^ 0xff : byte))))
      const damaged = [
        Buffer.alloc(0),
        Buffer.from("nonsense"),
        Buffer.alloc(sound.length),
        sound.subarray(0, sound.length >> 1),
        Buffer.concat([sound, sound]),
        ...flipped
      ]
      for (const bytes of damaged) {
        yield* Effect.promise(() => writeFile(path, bytes, { mode: 0o600 }))
        expect(yield* token(home)).toEqual(expected)
      }
    }).pipe(Effect.scoped)
  )

  it.effect("is not taken from the code of another bundle, however sound", () =>
    Effect.gen(function* () {
      const home = yield* makeHome(config)
      yield* token(home)
      const [fast = ""] = yield* filesIn(directoryOf(home))
      yield* main(home)
      const other = (yield* filesIn(directoryOf(home))).find((file) => file !== fast) ?? ""
      const at = (file: string) => join(directoryOf(home), file)
      yield* Effect.promise(() => cp(at(other), at(fast)))
      expect(yield* token(home)).toEqual(expected)
      // It was not used, and has been replaced.
      expect(yield* Effect.promise(() => readFile(at(fast), "latin1"))).toContain(fast)
    }).pipe(Effect.scoped)
  )

  it.effect("is not taken from a place that others could have written", () =>
    Effect.gen(function* () {
      const home = yield* makeHome(config)
      yield* token(home)
      const [file = ""] = yield* filesIn(directoryOf(home))
      const path = join(directoryOf(home), file)
      // Code that would be seen to run: what is kept must not be read at all.
      yield* Effect.promise(() => writeFile(path, "not ours"))
      yield* Effect.promise(() => chmod(path, 0o644))
      expect(yield* token(home)).toEqual(expected)
      yield* Effect.promise(() => chmod(directoryOf(home), 0o755))
      yield* Effect.promise(() => rm(path))
      expect(yield* token(home)).toEqual(expected)
      expect(yield* filesIn(directoryOf(home))).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.effect("follows no link", () =>
    Effect.gen(function* () {
      const home = yield* makeHome(config)
      yield* Effect.promise(() => mkdir(join(home, "elsewhere"), { mode: 0o700 }))
      yield* Effect.promise(() => mkdir(dirname(directoryOf(home))))
      yield* Effect.promise(() => symlink(join(home, "elsewhere"), directoryOf(home)))
      expect(yield* token(home)).toEqual(expected)
      expect(yield* filesIn(join(home, "elsewhere"))).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.effect("is done without where nothing can be kept, or nothing is to be", () =>
    Effect.gen(function* () {
      const home = yield* makeHome({ ...config, cache: "a file, and no directory" })
      expect(yield* token(home)).toEqual(expected)
      expect(yield* token(home, { XDG_CACHE_HOME: "/proc/nowhere" })).toEqual(expected)
      for (const env of [{ MP_CODE_CACHE: "off" }, { NODE_OPTIONS: "--no-warnings" }, { XDG_CACHE_HOME: "relative" }]) {
        const other = yield* makeHome(config)
        expect(yield* token(other, env)).toEqual(expected)
        expect(yield* filesIn(directoryOf(other))).toEqual([])
      }
    }).pipe(Effect.scoped)
  )

  it.effect("keeps twenty files and no more", () =>
    Effect.gen(function* () {
      const home = yield* makeHome(config)
      yield* token(home)
      const old = Array.from({ length: 25 }, (_, index) => join(directoryOf(home), `old-${index}`))
      for (const path of old) yield* Effect.promise(() => writeFile(path, ""))
      yield* main(home)
      const files = yield* filesIn(directoryOf(home))
      expect(files).toHaveLength(20)
    }).pipe(Effect.scoped)
  )
})

/** Where every parent is root's alone, as in an image; gone with the scope. */
const installed = Effect.acquireRelease(
  Effect.promise(() => mkdtemp("/var/lib/effect-mixpanel-test-")),
  (directory) => Effect.promise(() => rm(directory, { recursive: true }))
).pipe(
  Effect.tap((directory) => Effect.promise(() => chmod(directory, 0o755))),
  Effect.map((directory) => join(directory, "bin")),
  Effect.tap((bin) => Effect.promise(() => cp(dirname(builtMp), bin, { recursive: true })))
)

const root = needs("root")

describe("mp cache warm", () => {
  it.effect("writes the user's cache where others could write the package", () =>
    Effect.gen(function* () {
      const home = yield* makeHome(config)
      const bin = join(home, "open/bin")
      yield* Effect.promise(() => cp(dirname(builtMp), bin, { recursive: true }))
      yield* Effect.promise(() => chmod(join(home, "open"), 0o777))
      const { code, stdout } = yield* runMp(["cache", "warm", "--format", "json"], {
        home,
        bundle: join(bin, "mp.cjs"),
        env: { XDG_CACHE_HOME: join(home, "cache") }
      })
      expect(code).toBe(0)
      expect(JSON.parse(stdout)).toEqual({
        directory: directoryOf(home),
        files: Array.from({ length: 4 }, () => expect.any(String))
      })
      expect(yield* filesIn(join(bin, "code-cache"))).toEqual([])
      const written = Effect.flatMap(filesIn(directoryOf(home)), (names) =>
        Effect.forEach(names, (name) => Effect.promise(() => readFile(join(directoryOf(home), name))))
      )
      const kept = yield* written
      // The commands that were rehearsed are known: they write nothing anew.
      const env = { XDG_CACHE_HOME: join(home, "cache") }
      for (const words of [
        ["account", "token", "ci"],
        ["config", "show"],
        ["target", "list"]
      ]) {
        expect(yield* runMp(words, { home, bundle: join(bin, "mp.cjs"), env })).toMatchObject({ code: 0 })
      }
      expect((yield* written).map((bytes, at) => kept[at]?.equals(bytes))).toEqual(kept.map(() => true))
    }).pipe(Effect.scoped)
  )

  it.effect.skipIf(root.areUnmet)(
    root.title("as root, writes beside the bundles what every user of the image reads"),
    () =>
      Effect.gen(function* () {
        const bin = yield* installed
        const bundle = join(bin, "mp.cjs")
        const home = yield* makeHome(config)
        const { code, stdout } = yield* runMp(["cache", "warm"], { home, bundle })
        expect({ code, stdout }).toEqual({ code: 0, stdout: `Wrote the code cache: ${join(bin, "code-cache")}\n` })
        expect(yield* modeOf(join(bin, "code-cache"))).toBe(0o755)
        const files = yield* filesIn(join(bin, "code-cache"))
        expect(files).toHaveLength(4)
        // What the command itself needed would come before what is there for all.
        expect(yield* filesIn(join(home, ".cache/effect-mixpanel"))).toEqual([])
        for (const file of files) expect(yield* modeOf(join(bin, "code-cache", file))).toBe(0o644)
        const env = { XDG_CACHE_HOME: join(home, "cache") }
        const run = (args: ReadonlyArray<string>) => runMp(args, { home, bundle, env })
        // Found there, nothing is compiled anew and kept.
        expect(yield* run(["account", "token", "ci"])).toEqual(expected)
        yield* run(["config", "path"])
        expect(yield* filesIn(directoryOf(home))).toEqual([])
        // Others could write it now: it is as if it were not there.
        yield* Effect.promise(() => chmod(dirname(bin), 0o775))
        expect(yield* run(["account", "token", "ci"])).toEqual(expected)
        expect(yield* filesIn(directoryOf(home))).toHaveLength(1)
      }).pipe(Effect.scoped)
  )

  it.effect("says why nothing is written where the cache is off", () =>
    Effect.gen(function* () {
      const home = yield* makeHome(config)
      const { code, stderr } = yield* mp(["cache", "warm"], home, { MP_CODE_CACHE: "off" })
      expect(code).toBe(1)
      expect(stderr).toContain("MP_CODE_CACHE is off")
    }).pipe(Effect.scoped)
  )
})
