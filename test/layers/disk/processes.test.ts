/** Promises 3, 4 and 8 among real processes. `MP_TEST_ROUNDS=10` makes the random parts ten times longer. */
import { afterAll, beforeAll, describe, expect, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { copyFile, readdir, readFile, rm, stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { layerWith } from "../../../src/layers/disk/DiskFiles.ts"
import { nodeOps } from "../../../src/layers/disk/DiskOps.ts"
import { CredentialFiles } from "../../../src/services/CredentialFiles.ts"
import { buildWorkers, ended, killed, type Workers, word } from "./processes/run.ts"
import { layerAt, temporaryDirectory } from "./support.ts"

const factor = Effect.runSync(Config.withDefault(Config.integer("MP_TEST_ROUNDS"), 1))
const longTest = 60_000 * factor

const layers = {
  kernel: layerAt("/nonexistent"),
  fallback: layerWith({ ...nodeOps, loadKernelLocks: () => Promise.reject(new Error("no native module")) })
}
const kinds = ["kernel", "fallback"] as const

let workers: Workers
beforeAll(async () => {
  workers = await buildWorkers()
})
afterAll(() => workers.dispose())

const count = async (lock: string, path: string, processes: number, each: number): Promise<number> => {
  const children = Array.from({ length: processes }, () => workers.start("increment", lock, path, each))
  expect(await Promise.all(children.map(ended))).toEqual(children.map(() => 0))
  return Number(await readFile(path, "utf8"))
}

/** What a holder of the fallback lock leaves when it is killed. */
const deadMark = async (path: string): Promise<string> => {
  const holder = workers.start("hold", "fallback", path)
  await word(holder)
  await killed(holder)
  const mark = join(path, "..", `.${path.split("/").at(-1)}.lock.held`)
  expect((await stat(mark)).isFile()).toBe(true)
  return mark
}

describe("processes that increment at once", () => {
  it.scopedLive(
    "arrive all under the kernel's lock",
    () =>
      Effect.gen(function* () {
        const path = join(yield* temporaryDirectory, "counter")
        expect(yield* Effect.promise(() => count("kernel", path, 16, 20))).toBe(320)
      }),
    longTest
  )

  it.scopedLive(
    "arrive all under the fallback lock, which dead holders of it and of its guard left behind",
    () =>
      Effect.gen(function* () {
        const directory = yield* temporaryDirectory
        const path = join(directory, "counter")
        yield* Effect.promise(async () => {
          const mark = await deadMark(path)
          await copyFile(mark, `${mark}.guard`)
        })
        expect(yield* Effect.promise(() => count("fallback", path, 12, 20))).toBe(240)
        const names = yield* Effect.promise(() => readdir(directory))
        expect(names.filter((name) => name !== ".counter.lock")).toEqual(["counter"])
      }),
    longTest
  )

  it.scopedLive(
    "do not arrive all without a lock: the test can fail",
    () =>
      Effect.gen(function* () {
        const path = join(yield* temporaryDirectory, "counter")
        expect(yield* Effect.promise(() => count("none", path, 8, 20))).toBeLessThan(160)
      }),
    longTest
  )
})

describe("holders killed with SIGKILL", () => {
  for (const kind of kinds) {
    it.scopedLive(
      `${kind}: the next one has the lock at once`,
      () =>
        Effect.gen(function* () {
          const path = join(yield* temporaryDirectory, "file")
          const files = yield* CredentialFiles
          const waits: Array<number> = []
          for (let round = 0; round < 20 * factor; round += 1) {
            const holder = workers.start("hold", kind, path)
            expect(yield* Effect.promise(() => word(holder))).toBe("held")
            const locked = files.withLock(path, { wait: "10 millis" })(Effect.void)
            expect((yield* Effect.flip(locked))._tag).toBe("LockTimeout")
            holder.kill("SIGKILL")
            const since = performance.now()
            yield* files.withLock(path)(Effect.void)
            waits.push(performance.now() - since)
            yield* Effect.promise(() => ended(holder))
          }
          expect(Math.max(...waits)).toBeLessThan(1000)
        }).pipe(Effect.provide(layers[kind])),
      longTest
    )

    it.scopedLive(
      `${kind}: while others wait, there is never more than one holder`,
      () =>
        Effect.gen(function* () {
          const path = join(yield* temporaryDirectory, "file")
          yield* Effect.promise(async () => {
            const children = Array.from({ length: 6 }, () => workers.start("enter", kind, path, 40))
            for (let victim = 0; victim < 4; victim += 1) {
              const holder = workers.start("hold", kind, path)
              await word(holder)
              await killed(holder)
            }
            expect(await Promise.all(children.map(ended))).toEqual(children.map(() => 0))
            const log = (await readFile(`${path}.log`, "utf8")).trim().split("\n")
            expect(log.length).toBe(6 * 40 * 2)
            for (let entry = 0; entry < log.length; entry += 2) {
              expect([log[entry]?.[0], log[entry + 1]]).toEqual(["+", `-${log[entry]?.slice(1)}`])
            }
          })
        }),
      longTest
    )
  }
})

describe("writers killed at random moments", () => {
  const whole = async (path: string): Promise<void> => {
    const { filler, generation, length } = JSON.parse(await readFile(path, "utf8"))
    expect(filler).toBe(String(generation % 10).repeat(length))
  }

  it.scopedLive(
    "never leave a torn file, and what they leave is swept",
    () =>
      Effect.gen(function* () {
        const rounds = 100 * factor
        const atOnce = 4
        const files = yield* CredentialFiles
        const directories = yield* Effect.all(Array.from({ length: atOnce }, () => temporaryDirectory))
        let leftovers = 0
        const round = async (directory: string) => {
          const writer = workers.start("rewrite", "kernel", directory)
          await word(writer)
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 40))
          await killed(writer)
          await whole(join(directory, "config.toml"))
          await whole(join(directory, "tokens.json"))
          leftovers += (await readdir(directory)).filter((name) => name.endsWith(".tmp")).length
        }
        yield* Effect.promise(() =>
          Promise.all(
            directories.map(async (directory) => {
              for (let done = 0; done < rounds / atOnce; done += 1) await round(directory)
            })
          )
        )
        // Otherwise no kill ever came between the making of a temporary file and its renaming.
        expect(leftovers).toBeGreaterThan(0)
        for (const directory of directories) {
          yield* files.write(join(directory, "config.toml"), "last")
          expect((yield* Effect.promise(() => readdir(directory))).sort()).toEqual(["config.toml", "tokens.json"])
        }
      }).pipe(Effect.provide(layers.kernel)),
    longTest
  )
})

describe("the fallback lock", () => {
  const lockedBriefly = Effect.fn(function* (path: string) {
    const files = yield* CredentialFiles
    return yield* Effect.either(files.withLock(path, { wait: "100 millis" })(Effect.void))
  })

  it.scopedLive("is never taken from a holder that may be alive, however old", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryDirectory, "file")
      const mark = yield* Effect.promise(() => deadMark(path))
      const dead = JSON.parse(yield* Effect.promise(() => readFile(mark, "utf8")))
      const alive = yield* Effect.promise(() => nodeOps.machine.running(process.pid))
      const unknown = [
        JSON.stringify({ ...dead, place: { ...dead.place, host: "elsewhere" } }),
        JSON.stringify({ ...dead, place: { ...dead.place, namespace: "pid:[1]" } }),
        JSON.stringify({ ...dead, pid: process.pid, start: alive?.start }),
        "not a mark",
        ""
      ]
      for (const text of unknown) {
        yield* Effect.promise(() => writeFile(mark, text))
        expect((yield* lockedBriefly(path))._tag).toBe("Left")
        expect(yield* Effect.promise(() => readFile(mark, "utf8"))).toBe(text)
      }
      // The same process id in a process that began at another time is not the holder.
      yield* Effect.promise(() => writeFile(mark, JSON.stringify({ ...dead, pid: process.pid, start: "1" })))
      expect((yield* lockedBriefly(path))._tag).toBe("Right")
    }).pipe(Effect.provide(layers.fallback))
  )

  it.scopedLive("a taker that was slow between judging and removing does not rob the next holder", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryDirectory, "file")
      yield* Effect.promise(() => deadMark(path))
      const judged = yield* Deferred.make<void>()
      const goOn = yield* Deferred.make<void>()
      const slowLayer = layerWith({
        ...nodeOps,
        loadKernelLocks: () => Promise.reject(new Error("no native module")),
        link: async (from, to) => {
          if (to.endsWith(".guard")) {
            await Effect.runPromise(Effect.zipRight(Deferred.succeed(judged, undefined), Deferred.await(goOn)))
          }
          return nodeOps.link(from, to)
        }
      })
      const slow = yield* Effect.fork(Effect.provide(lockedBriefly(path), slowLayer))
      yield* Deferred.await(judged)
      const files = yield* CredentialFiles
      const outcome = yield* files.withLock(path)(Effect.zipRight(Deferred.succeed(goOn, undefined), slow))
      expect(outcome._tag).toBe("Left")
      expect((yield* lockedBriefly(path))._tag).toBe("Right")
    }).pipe(Effect.provide(layers.fallback))
  )
})

describe("the kernel's lock", () => {
  it.scopedLive("holds when its directory was deleted and made anew by others meanwhile", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      const path = join(directory, "account", "file")
      const files = yield* CredentialFiles
      const holder = workers.start("hold", "kernel", path)
      yield* Effect.promise(() => word(holder))
      const waiting = yield* Effect.fork(files.withLock(path)(Effect.promise(() => stat(join(directory, "account")))))
      yield* Effect.sleep("50 millis")
      yield* Effect.promise(() => rm(join(directory, "account"), { recursive: true }))
      const next = workers.start("hold", "kernel", path)
      yield* Effect.promise(() => word(next))
      yield* Effect.promise(() => killed(holder))
      yield* Effect.sleep("100 millis")
      expect(Option.isNone(yield* waiting.poll)).toBe(true)
      yield* Effect.promise(() => killed(next))
      expect((yield* waiting).isDirectory()).toBe(true)
    }).pipe(Effect.provide(layers.kernel))
  )
})
