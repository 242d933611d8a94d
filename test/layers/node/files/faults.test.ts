/** Promise 5: whatever the disk refuses, the old file is byte-identical, nothing is left behind, and it is told. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import { lstat, utimes, writeFile } from "node:fs/promises"
import { join } from "node:path"
import type { FileProblem } from "#src/domain/errors.ts"
import { layerWith } from "#src/layers/node/files/DiskFiles.ts"
import { type DiskOps, nodeOps } from "#src/layers/node/files/DiskOps.ts"
import { hostHash } from "#src/layers/node/files/ProcessHost.ts"
import { CredentialFiles, type CredentialFilesShape } from "#src/services/platform/CredentialFiles.ts"
import { failingOps, layerAt, namesIn, type Step, temporaryDirectory, watchedOps } from "./support.ts"

const problems: Readonly<Record<string, FileProblem>> = {
  ENOSPC: "no_space",
  EDQUOT: "no_space",
  EROFS: "read_only",
  EACCES: "permission",
  EPERM: "permission",
  EMFILE: "io",
  EIO: "io"
}

/** Which call of which step fails, during what. */
interface Fault {
  readonly step: Step
  readonly nth?: number
}

const filesOn = (ops: DiskOps): Effect.Effect<CredentialFilesShape> => Effect.provide(CredentialFiles, layerWith(ops))

const old = "old secret content"

/** A file with old content; the action on a failing disk; the same file, nothing beside it, a typed error. */
const survives = (
  { nth, step }: Fault,
  code: string,
  action: (files: CredentialFilesShape, path: string) => Effect.Effect<void, unknown>
) =>
  Effect.gen(function* () {
    const directory = yield* temporaryDirectory
    const path = join(directory, "tokens.json")
    const files = yield* Effect.provide(CredentialFiles, layerAt("/nonexistent"))
    yield* files.write(path, old)
    const before = yield* Effect.promise(() => lstat(path))
    const error = yield* Effect.flip(Effect.flatMap(filesOn(failingOps(step, code, nth)), (on) => action(on, path)))
    expect(error).toMatchObject({ _tag: "FileError", problem: problems[code], path })
    expect(String(error)).toContain(code)
    expect(yield* files.read(path)).toEqual(Option.some(old))
    expect((yield* Effect.promise(() => lstat(path))).ino).toBe(before.ino)
    expect(yield* namesIn(directory)).toEqual(["tokens.json"])
    expect(String(error) + JSON.stringify(error)).not.toContain("secret")
  })

const reserving: ReadonlyArray<Fault> = [
  { step: "lstat" },
  { step: "openDirectory" },
  { step: "open" },
  { step: "file.chmod" }
]

const writing: ReadonlyArray<Fault> = [
  ...reserving,
  { step: "file.write" },
  { step: "file.truncate" },
  { step: "file.sync" },
  { step: "rename" }
]

const committing: ReadonlyArray<Fault> = [
  { step: "file.write", nth: 2 },
  { step: "file.truncate" },
  { step: "file.sync", nth: 2 },
  { step: "rename" }
]

describe("a failing disk leaves the old file as it was", () => {
  for (const code of Object.keys(problems)) {
    it.scopedLive(`${code} at any call of a write`, () =>
      Effect.forEach(writing, (fault) => survives(fault, code, (files, path) => files.write(path, "new secret")))
    )
    it.scopedLive(`${code} at any call of a reservation: nothing is spent before it is told`, () =>
      Effect.forEach(
        [...reserving, { step: "file.write" }, { step: "file.sync" }] satisfies ReadonlyArray<Fault>,
        (fault) =>
          survives(fault, code, (files, path) =>
            Effect.scoped(Effect.zipRight(files.reserve(path, 4096), Effect.dieMessage("must not get here")))
          )
      )
    )
    it.scopedLive(`${code} at any call of a commit`, () =>
      Effect.forEach(committing, (fault) =>
        survives(fault, code, (files, path) =>
          Effect.scoped(Effect.flatMap(files.reserve(path, 4096), ({ commit }) => commit("new secret")))
        )
      )
    )
  }

  it.scopedLive("a reservation that fails is cleaned up at once, not with its scope", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      const files = yield* filesOn(failingOps("file.sync", "ENOSPC"))
      yield* Effect.flip(files.reserve(join(directory, "file"), 4096))
      expect(yield* namesIn(directory)).toEqual([])
    })
  )

  it.scopedLive("after a reservation a commit opens nothing: a full descriptor table cannot stop it", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      const path = join(directory, "file")
      let reserved = false
      const ops = watchedOps(async (step) => {
        if (reserved && ["open", "openDirectory"].includes(step))
          throw Object.assign(new Error(step), { code: "EMFILE" })
      })
      const files = yield* filesOn(ops)
      const { commit } = yield* files.reserve(path, 4096)
      reserved = true
      yield* commit("new")
      expect(yield* namesIn(directory)).toEqual(["file"])
    })
  )

  it.scopedLive("missing directories that cannot be made are told", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      for (const step of ["mkdir", "chmod"] satisfies ReadonlyArray<Step>) {
        const files = yield* filesOn(failingOps(step, "EROFS"))
        const error = yield* Effect.flip(files.write(join(directory, step, "deep", "file"), "text"))
        expect(error).toMatchObject({ problem: "read_only" })
      }
    })
  )

  it.scopedLive("a directory that does not confirm: the file is wholly the new one, and the doubt is told", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      const path = join(directory, "file")
      const files = yield* filesOn(failingOps("directory.sync", "EIO"))
      const error = yield* Effect.flip(files.write(path, "new"))
      expect(error.message).toBe(
        `${path} was replaced, but the file system did not confirm that it is durable: the disk or device reported an error (EIO)`
      )
      expect(yield* files.read(path)).toEqual(Option.some("new"))
      expect(yield* namesIn(directory)).toEqual(["file"])
    })
  )

  it.scopedLive("reading and removing tell as well, and a failing sweep or close is of no consequence", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryDirectory, "file")
      yield* Effect.flatMap(filesOn(nodeOps), (files) => files.write(path, old))
      for (const step of ["open", "file.stat", "file.read"] satisfies ReadonlyArray<Step>) {
        const files = yield* filesOn(failingOps(step, "EIO"))
        expect((yield* Effect.flip(files.read(path))).problem).toBe("io")
      }
      for (const step of ["readdir", "file.close"] satisfies ReadonlyArray<Step>) {
        const files = yield* filesOn(failingOps(step, "EIO"))
        yield* files.write(path, old)
      }
      const files = yield* filesOn(failingOps("unlink", "EROFS"))
      expect(yield* Effect.flip(files.remove(path))).toMatchObject({ problem: "read_only" })
      expect(yield* files.read(path)).toEqual(Option.some(old))
    })
  )
})

describe("a slow disk", () => {
  it.scopedLive("that moves few bytes at a time still gets the whole text", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryDirectory, "file")
      const text = "0123456789".repeat(50)
      const files = yield* filesOn({
        ...nodeOps,
        open: async (...args) => {
          const handle = await nodeOps.open(...args)
          return {
            ...handle,
            read: (into, position) => handle.read(into.subarray(0, 7), position),
            write: (bytes, position) => handle.write(bytes.subarray(0, 7), position)
          }
        }
      })
      yield* files.write(path, text)
      expect(yield* files.read(path)).toEqual(Option.some(text))
    })
  )

  it.scopedLive("an interruption at any call: whole old or whole new, nothing beside it", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      const path = join(directory, "file")
      for (const step of [
        "lstat",
        "open",
        "file.chmod",
        "file.write",
        "file.sync",
        "rename"
      ] satisfies ReadonlyArray<Step>) {
        const files = yield* filesOn(
          watchedOps(async (current) => {
            if (current === step) await new Promise((resolve) => setTimeout(resolve, 10))
          })
        )
        const writer = yield* Effect.fork(files.write(path, `new ${step}`))
        const reserver = yield* Effect.fork(Effect.scoped(Effect.zipRight(files.reserve(path, 100), Effect.never)))
        yield* Effect.sleep("5 millis")
        yield* Fiber.interruptAll([writer, reserver])
        expect([Option.none(), Option.some(`new ${step}`)]).toContainEqual(yield* files.read(path))
        expect((yield* namesIn(directory)).filter((name) => name !== "file")).toEqual([])
        yield* files.remove(path)
      }
    })
  )
})

describe("leftovers of a crash", () => {
  const nonce = "0123456789ab"
  const deadPid = 2_000_000_000

  it.scopedLive("are swept when their maker is dead, or when they are of elsewhere and old; others stay", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      const here = hostHash(nodeOps.host.id())
      const old = [`.file.1.deadbeefdead.${nonce}.tmp`, `.file.1.0.${nonce}.tmp`, `.file.1.deadbeef${nonce}.tmp`]
      const swept = [`.file.${deadPid}.${here}.${nonce}.tmp`, ...old]
      const kept = [
        `.file.${process.pid}.${here}.${nonce}.tmp`,
        `.file.${deadPid}.deadbeefdead.${nonce}.tmp`,
        `.file.${deadPid}.0.${nonce}.tmp`,
        `.file.${deadPid}.deadbeef${nonce}.tmp`,
        ".file.tmp",
        `file.1.deadbeef${nonce}.tmp`
      ]
      const longAgo = Date.now() / 1000 - 7200
      yield* Effect.promise(async () => {
        for (const name of [...swept, ...kept]) await writeFile(join(directory, name), "")
        for (const name of [...old, `.file.${process.pid}.${here}.${nonce}.tmp`]) {
          await utimes(join(directory, name), longAgo, longAgo)
        }
      })
      yield* Effect.flatMap(filesOn(nodeOps), (files) => files.write(join(directory, "other"), "text"))
      expect(yield* namesIn(directory)).toEqual([...kept, "other"].sort())
    })
  )
})
