/** What V8 compiled, for the next start: never needed, and trusted no more than the tokens are. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as fc from "effect/FastCheck"
import { chmod, lstat, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { makeHome, runMp } from "../support/mp.ts"

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

describe("the code cache", () => {
  it.effect("is a private file in a private directory, one for each bundle that ran", () =>
    Effect.gen(function* () {
      const home = yield* makeHome(config)
      expect(yield* token(home)).toEqual(expected)
      yield* main(home)
      const files = yield* filesIn(directoryOf(home))
      expect(files).toHaveLength(2)
      expect(yield* modeOf(directoryOf(home))).toBe(0o700)
      for (const file of files) expect(yield* modeOf(join(directoryOf(home), file))).toBe(0o600)
      expect(yield* token(home)).toEqual(expected)
      expect(yield* filesIn(directoryOf(home))).toEqual(files)
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

  it.effect("keeps eight files and no more", () =>
    Effect.gen(function* () {
      const home = yield* makeHome(config)
      yield* token(home)
      const old = Array.from({ length: 9 }, (_, index) => join(directoryOf(home), `old-${index}`))
      for (const path of old) yield* Effect.promise(() => writeFile(path, ""))
      yield* main(home)
      const files = yield* filesIn(directoryOf(home))
      expect(files).toHaveLength(8)
    }).pipe(Effect.scoped)
  )
})
