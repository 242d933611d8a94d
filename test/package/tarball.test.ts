/** The published files: nothing is missing, and nothing is there that never runs. */
import { isUtf8 } from "node:buffer"
import { readFileSync, statSync } from "node:fs"
import { basename, join } from "node:path"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { run } from "./support/command.ts"
import { manifest, root, tool } from "./support/project.ts"
import { reachedFiles, reachedNeighbours } from "./support/reach.ts"
import { Tarball } from "./support/Tarball.ts"

/** What `exports` of package.json opens, without extension. */
const entries = ["dist/index", "dist/node", "dist/testing", "dist/cli", "dist/redis", "dist/sql"]

/** Unpacked, in bytes, without the source maps. */
const unpackedBytes = 2_000_000

const isMap = (path: string): boolean => path.endsWith(".js.map")

it.layer(Tarball.layer, { timeout: 60_000 })("the tarball", (it) => {
  it.effect(
    "holds the code and the types that the library's entries lead to, mp, four documents, and the source maps",
    () =>
      Effect.gen(function* () {
        const { content, files } = yield* Tarball
        const library = reachedFiles(content, entries)
        const executables = reachedNeighbours(content, manifest.bin.mp)
        expect([...executables].map((path) => basename(path)).sort()).toEqual([
          "fast.cjs",
          "help.json",
          "main.cjs",
          "mp.cjs",
          "rest.cjs",
          "store.cjs"
        ])
        const documents = ["LICENSE", "README.md", "package.json"]
        // What only hands on has no source.
        const isMapped = (path: string) => readFileSync(join(content, path), "utf8").includes("sourceMappingURL")
        const maps = [...library].filter((path) => path.endsWith(".js") && isMapped(path)).map((path) => `${path}.map`)
        expect(files.map(({ path }) => path).sort()).toEqual([...library, ...executables, ...documents, ...maps].sort())
      })
  )

  it.effect("holds text files alone: no native module, no .wasm file, no code cache", () =>
    Effect.gen(function* () {
      const { content, files } = yield* Tarball
      const isText = (bytes: Buffer) => !bytes.includes(0) && isUtf8(bytes)
      expect(files.filter(({ path }) => !isText(readFileSync(join(content, path)))).map(({ path }) => path)).toEqual([])
      expect(files.filter(({ path }) => !/\.(?:c?js|d\.ts|json|md|js\.map)$|^LICENSE$/.test(path))).toEqual([])
    })
  )

  it.effect(`weighs at most ${unpackedBytes / 1e6} MB`, () =>
    Effect.gen(function* () {
      const { content, files } = yield* Tarball
      const sizes = files.filter(({ path }) => !isMap(path)).map(({ path }) => statSync(join(content, path)).size)
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(unpackedBytes)
    })
  )

  it.effect("holds an mp that can be executed", () =>
    Effect.gen(function* () {
      const { content, files } = yield* Tarball
      expect(files.find(({ path }) => path === manifest.bin.mp)?.mode).toBe(0o755)
      expect(readFileSync(join(content, manifest.bin.mp), "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/)
    })
  )

  it.effect("satisfies publint, suggestions included", () =>
    Effect.gen(function* () {
      const { path } = yield* Tarball
      const { code, stderr, stdout } = yield* run(tool("publint"), ["run", path, "--strict"], { cwd: root })
      expect({ code, said: stdout + stderr }).toEqual({ code: 0, said: expect.stringContaining("All good!") })
    })
  )

  it.effect("has types that resolve wherever ES modules do", () =>
    Effect.gen(function* () {
      const { path } = yield* Tarball
      // Without the question to the registry whether DefinitelyTyped has types: the package has its own.
      const args = [path, "--profile", "esm-only", "--no-definitely-typed", "--format", "ascii", "--no-color"]
      const { code, stderr, stdout } = yield* run(tool("attw"), args, { cwd: root })
      expect({ code, said: stdout + stderr }).toMatchObject({ code: 0 })
    })
  )
})
