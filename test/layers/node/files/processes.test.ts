/** Promises 3, 4 and 8 among real processes. `MP_TEST_ROUNDS=10` makes the random parts ten times longer. */
import { afterAll, beforeAll, describe, expect, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { CredentialFiles } from "#src/services/platform/CredentialFiles.ts"
import { buildWorkers, ended, killed, type Workers, word } from "./processes/run.ts"
import { layerAt, temporaryDirectory } from "./support.ts"

const factor = Effect.runSync(Config.withDefault(Config.integer("MP_TEST_ROUNDS"), 1))
const longTest = 60_000 * factor

const layer = layerAt("/nonexistent")

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

describe("processes that increment at once", () => {
  it.scopedLive(
    "arrive all",
    () =>
      Effect.gen(function* () {
        const path = join(yield* temporaryDirectory, "counter")
        expect(yield* Effect.promise(() => count("token", path, 16, 20))).toBe(320)
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

describe("processes that append at once", () => {
  it.scopedLive(
    "50 of them, 200 lines each, while the file is put aside: each line is there, once and whole",
    () =>
      Effect.gen(function* () {
        const path = join(yield* temporaryDirectory, "log")
        yield* Effect.promise(async () => {
          const children = Array.from({ length: 50 }, () => workers.start("append", "token", path, 200))
          expect(await Promise.all(children.map(ended))).toEqual(children.map(() => 0))
          const text = `${await readFile(`${path}.1`, "utf8")}${await readFile(path, "utf8")}`
          const lines = text.trimEnd().split("\n")
          expect(new Set(lines.map((line) => `${JSON.parse(line).pid} ${JSON.parse(line).at}`)).size).toBe(10_000)
          expect(lines.length).toBe(10_000)
        })
      }),
    longTest
  )
})

describe("holders killed with SIGKILL", () => {
  it.scopedLive(
    `the next one has the lock at once`,
    () =>
      Effect.gen(function* () {
        const path = join(yield* temporaryDirectory, "file")
        const files = yield* CredentialFiles
        const waits: Array<number> = []
        for (let round = 0; round < 20 * factor; round += 1) {
          const holder = workers.start("hold", "token", path)
          expect(yield* Effect.promise(() => word(holder))).toBe("held")
          const locked = files.withLock(path, { wait: "10 millis" })(() => Effect.void)
          expect((yield* Effect.flip(locked))._tag).toBe("LockTimeout")
          holder.kill("SIGKILL")
          const since = performance.now()
          yield* files.withLock(path)(() => Effect.void)
          waits.push(performance.now() - since)
          yield* Effect.promise(() => ended(holder))
        }
        expect(Math.max(...waits)).toBeLessThan(1000)
      }).pipe(Effect.provide(layer)),
    longTest
  )

  it.scopedLive(
    `while others wait, there is never more than one holder`,
    () =>
      Effect.gen(function* () {
        const path = join(yield* temporaryDirectory, "file")
        yield* Effect.promise(async () => {
          const children = Array.from({ length: 6 }, () => workers.start("enter", "token", path, 40))
          for (let victim = 0; victim < 4; victim += 1) {
            const holder = workers.start("hold", "token", path)
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
          const writer = workers.start("rewrite", "token", directory)
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
      }).pipe(Effect.provide(layer)),
    longTest
  )
})
