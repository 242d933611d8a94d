/** The same sources give the same bytes wherever they lie: nobody has to trust the machine that built the package. */
import { createHash } from "node:crypto"
import { cp, mkdtemp, readdir, readFile, realpath, rm, symlink } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join, relative } from "node:path"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { run } from "./support/command.ts"
import { root } from "./support/project.ts"

const inputs = ["package.json", "package-lock.json", "tsconfig.json", "tsconfig.build.json", "scripts", "src"]

/** A directory of its own with the sources; the packages are those of this one. */
const checkout = (prefix: string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const directory = await realpath(await mkdtemp(join(tmpdir(), prefix)))
      for (const name of inputs) await cp(join(root, name), join(directory, name), { recursive: true })
      await symlink(join(root, "node_modules"), join(directory, "node_modules"))
      return directory
    }),
    (directory) => Effect.promise(() => rm(directory, { recursive: true, force: true }))
  )

interface Built {
  readonly path: string
  readonly hash: string
  readonly text: string
}

const filesIn = async (directory: string): Promise<ReadonlyArray<Built>> => {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Promise.all(
    files.toSorted().map(async (file) => {
      const bytes = await readFile(file)
      const hash = createHash("sha256").update(bytes).digest("hex")
      return { path: relative(directory, file), hash, text: bytes.toString("latin1") }
    })
  )
}

const built = (prefix: string) =>
  Effect.gen(function* () {
    const directory = yield* checkout(prefix)
    const { code, stderr } = yield* run(process.execPath, ["scripts/build.mjs"], { cwd: directory })
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
    const files = yield* Effect.promise(() => filesIn(join(directory, "dist")))
    const telltale = files.filter(({ text }) => text.includes(directory) || text.includes(root))
    expect(telltale.map(({ path }) => path)).toEqual([])
    return files.map(({ hash, path }) => `${hash} ${path}`)
  })

it.effect(
  "two builds in two directories are the same, byte by byte",
  () =>
    Effect.gen(function* () {
      const one = yield* built("one-")
      const two = yield* built("another-place-with-a-longer-name-")
      expect(one.length).toBeGreaterThan(10)
      expect(two).toEqual(one)
    }).pipe(Effect.scoped),
  600_000
)
