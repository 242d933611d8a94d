/** A file that did not change is not read again, and every change is seen at once, whoever made it. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as TestClock from "effect/TestClock"
import { chmod, rename, unlink, utimes, writeFile } from "node:fs/promises"
import { inspect } from "node:util"
import { join } from "node:path"
import { layerWith } from "#src/layers/node/files/DiskFiles.ts"
import { blockingOps } from "#src/layers/node/files/BlockingOps.ts"
import { type DiskOps, nodeOps } from "#src/layers/node/files/DiskOps.ts"
import { CredentialFiles } from "#src/services/platform/CredentialFiles.ts"
import { opsAt, temporaryDirectory, watchedOps } from "./support.ts"

const mode = 0o600

/** More than any tick of this machine's file systems: what follows is seen as another change. */
const nextTick = Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 15)))

/** A file with a text, read through files on `ops`; `reads` counts how often the disk was asked for content. */
const opened = (ops: DiskOps) =>
  Effect.gen(function* () {
    const path = join(yield* temporaryDirectory, "file")
    yield* Effect.promise(() => writeFile(path, "one", { mode }))
    let count = 0
    const counting = watchedOps(
      async (step) => {
        if (step === "file.read") count++
      },
      opsAt("/nonexistent", ops)
    )
    const files = yield* Effect.provide(CredentialFiles, layerWith(counting))
    return { path, files, read: files.read(path), reads: () => count }
  })

/** The same, long after the file was written, and remembered. */
const remembered = (ops: DiskOps) =>
  Effect.gen(function* () {
    yield* longAfter
    const it = yield* opened(ops)
    yield* it.read
    yield* nextTick
    return it
  })

const longAfter = Effect.suspend(() => TestClock.setTime(Date.now() + 60_000))

type Change = (path: string) => Promise<unknown>

const replaceBy =
  (text: string): Change =>
  async (path) => {
    await writeFile(`${path}.new`, text, { mode })
    await rename(`${path}.new`, path)
  }

const withItsFormerTime =
  (change: Change): Change =>
  async (path) => {
    const time = new Date(1_600_000_000_000)
    await utimes(path, time, time)
    await change(path)
    await utimes(path, time, time)
  }

const changes: Readonly<Record<string, Change>> = {
  "in place, of the same size": (path) => writeFile(path, "two"),
  "in place, of another size": (path) => writeFile(path, "longer"),
  "by another file of the same size": replaceBy("two"),
  "by another file of another size": replaceBy("longer"),
  "in place, with the time of modification set back": withItsFormerTime((path) => writeFile(path, "two")),
  "by another file, with the time of modification set back": withItsFormerTime(replaceBy("two"))
}

for (const [name, ops] of Object.entries({ patient: nodeOps, blocking: blockingOps })) {
  describe(`with ${name} calls`, () => {
    it.scoped("a file that did not change is read once", () =>
      Effect.gen(function* () {
        const { read, reads } = yield* remembered(ops)
        const once = reads()
        for (let turn = 0; turn < 5; turn++) expect(yield* read).toEqual(Option.some("one"))
        expect(reads()).toBe(once)
      })
    )

    it.scoped("a file that was changed a moment ago is read each time: it may change again in the same tick", () =>
      Effect.gen(function* () {
        const { path, read, reads } = yield* opened(ops)
        yield* Effect.suspend(() => TestClock.setTime(Date.now()))
        for (let turn = 0; turn < 200; turn++) {
          const text = String(turn % 10)
          yield* Effect.promise(() => writeFile(path, text))
          const before = reads()
          expect(yield* read).toEqual(Option.some(text))
          expect(reads()).toBeGreaterThan(before)
        }
      })
    )

    for (const [how, change] of Object.entries(changes)) {
      it.scoped(`sees a change ${how}`, () =>
        Effect.gen(function* () {
          const { path, read } = yield* remembered(ops)
          yield* Effect.promise(() => change(path))
          expect(Option.getOrThrow(yield* read)).toMatch(/^(two|longer)$/)
        })
      )
    }

    it.scoped("refuses what others can read now, and does not remember it afterwards", () =>
      Effect.gen(function* () {
        const { path, read, reads } = yield* remembered(ops)
        yield* Effect.promise(() => chmod(path, 0o644))
        expect((yield* Effect.flip(read)).problem).toBe("wide_mode")
        yield* Effect.promise(() => chmod(path, mode))
        const before = reads()
        expect(yield* read).toEqual(Option.some("one"))
        expect(reads()).toBeGreaterThan(before)
      })
    )

    it.scoped("sees that the file is gone, and that it is there again", () =>
      Effect.gen(function* () {
        const { path, read } = yield* remembered(ops)
        yield* Effect.promise(() => unlink(path))
        expect(yield* read).toEqual(Option.none())
        yield* Effect.promise(() => writeFile(path, "new", { mode }))
        expect(yield* read).toEqual(Option.some("new"))
      })
    )

    it.scoped("sees every one of many changes, its own and others'", () =>
      Effect.gen(function* () {
        const { files, path, read } = yield* remembered(ops)
        const changing: ReadonlyArray<(text: string) => Effect.Effect<unknown, unknown>> = [
          (text) => Effect.promise(() => writeFile(path, text)),
          (text) => Effect.promise(() => replaceBy(text)(path)),
          (text) => files.write(path, text)
        ]
        let text = "one"
        for (let turn = 0; turn < 120; turn++) {
          const way = changing[yield* Random.nextIntBetween(0, changing.length * 2)]
          if (way !== undefined) {
            text = String(yield* Random.nextIntBetween(100, 1000))
            yield* way(text)
            yield* nextTick
          }
          expect(yield* read).toEqual(Option.some(text))
        }
      })
    )
  })
}

it.scoped("what is remembered shows in no print of the service", () =>
  Effect.gen(function* () {
    yield* longAfter
    const { files, read } = yield* opened(nodeOps)
    yield* read
    expect(inspect(files, { depth: null, showHidden: true }) + JSON.stringify(files)).not.toContain("one")
  })
)

it.scoped("only the files that were read last are remembered", () =>
  Effect.gen(function* () {
    const { files, path, reads } = yield* remembered(nodeOps)
    const others = Array.from({ length: 16 }, (_, n) => `${path}-${n}`)
    yield* Effect.promise(() => Promise.all(others.map((other) => writeFile(other, "other", { mode }))))
    yield* longAfter
    yield* Effect.forEach(others, (other) => files.read(other))
    const before = reads()
    yield* Effect.forEach(others, (other) => files.read(other))
    expect(reads()).toBe(before)
    yield* files.read(path)
    expect(reads()).toBeGreaterThan(before)
  })
)
