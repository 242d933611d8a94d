/** Promise 3: whatever state a lock's directory is in, it is locked, waited for, or refused in words; faults of the disk end. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { mkdir, readdir, rm, symlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { make } from "#src/layers/node/files/DiskFiles.ts"
import { type DiskOps, nodeOps } from "#src/layers/node/files/DiskOps.ts"
import { lockDirectoryOf } from "#src/layers/node/files/lock/tokenName.ts"
import type { LockTiming } from "#src/layers/node/files/lock/timing.ts"
import { hostHash, nodeHost } from "#src/layers/node/files/ProcessHost.ts"
import { temporaryDirectory } from "./support.ts"

/** The figures of the protocol, a hundredth of them. */
const timing: LockTiming = { beat: 30, lease: 200, look: 10, credit: 40, touch: 60 }

const ours = hostHash(nodeHost.id())
const living = `0123456789ab.3.${ours}.${process.pid}.${nodeHost.start()}`
const dead = `0123456789ab.3.${ours}.2000000000.1`
const elsewhere = "0123456789ab.3.0123456789ab.7.1"

const put = async (directory: string, names: ReadonlyArray<string>): Promise<void> => {
  await mkdir(directory)
  for (const name of names) await writeFile(join(directory, name), "")
}

/** Of a lock that is asked for: had, or the tag of the error and what is wrong. */
const asked = (path: string) =>
  make(nodeOps, timing)
    .withLock(path, { wait: "5 seconds" })((lock) => Effect.as(lock.confirm, "had"))
    .pipe(Effect.catchAll((error) => Effect.succeed(error._tag === "FileError" ? error.problem : error._tag)))

interface State {
  readonly says: string
  readonly prepare: (directory: string) => Promise<void>
  readonly outcome: "had" | "symlink" | "not_a_file" | "LockTimeout"
  /** What is in the directory afterwards. */
  readonly left?: ReadonlyArray<string>
}

const states: ReadonlyArray<State> = [
  { says: "none", prepare: async () => undefined, outcome: "had", left: ["free"] },
  { says: "empty", prepare: (directory) => put(directory, []), outcome: "had", left: ["free"] },
  { says: "free", prepare: (directory) => put(directory, ["free"]), outcome: "had", left: ["free"] },
  { says: "free twice", prepare: (directory) => put(directory, ["free", dead]), outcome: "had", left: ["free"] },
  { says: "two dead ones", prepare: (directory) => put(directory, [dead, elsewhere]), outcome: "had", left: ["free"] },
  {
    says: "free, and one that lives: it is given way to",
    prepare: (directory) => put(directory, ["free", living]),
    outcome: "LockTimeout"
  },
  { says: "a dead one", prepare: (directory) => put(directory, [dead]), outcome: "had", left: ["free"] },
  {
    says: "one elsewhere, for its lease",
    prepare: (directory) => put(directory, [elsewhere]),
    outcome: "had",
    left: ["free"]
  },
  {
    says: "a name that nobody understands, for the lease",
    prepare: (directory) => put(directory, ["x"]),
    outcome: "had",
    left: ["free"]
  },
  {
    says: "hidden files beside the token",
    prepare: (directory) => put(directory, [".DS_Store", ".nfs0001", "free"]),
    outcome: "had",
    left: [".DS_Store", ".nfs0001", "free"]
  },
  {
    says: "hidden files alone: the doctor's",
    prepare: (directory) => put(directory, [".DS_Store"]),
    outcome: "LockTimeout"
  },
  {
    says: "a directory beside the token",
    prepare: async (directory) => {
      await put(directory, ["free"])
      await put(join(directory, "full"), ["file"])
    },
    outcome: "not_a_file"
  },
  { says: "a file in its place", prepare: (directory) => writeFile(directory, ""), outcome: "not_a_file" },
  {
    says: "a link in its place",
    prepare: async (directory) => {
      await put(`${directory}.real`, ["free"])
      await symlink(`${directory}.real`, directory)
    },
    outcome: "symlink"
  },
  {
    says: "a link that leads nowhere",
    prepare: (directory) => symlink(`${directory}.none`, directory),
    outcome: "symlink"
  },
  {
    says: "the lock file of an earlier version beside it",
    prepare: (directory) => writeFile(directory.replace(/\.d$/, ""), ""),
    outcome: "had",
    left: ["free"]
  }
]

describe("a lock's directory", () => {
  it.scopedLive("in any state", () =>
    Effect.gen(function* () {
      const parent = yield* temporaryDirectory
      const seen = yield* Effect.forEach(
        states,
        ({ left, prepare, says }, index) =>
          Effect.gen(function* () {
            const path = join(parent, String(index))
            const directory = lockDirectoryOf(path)
            yield* Effect.promise(() => prepare(directory))
            const outcome = yield* asked(path)
            const names = left === undefined ? undefined : (yield* Effect.promise(() => readdir(directory))).sort()
            return { says, outcome, left: names }
          }),
        { concurrency: "unbounded" }
      )
      expect(seen).toEqual(states.map(({ left, outcome, says }) => ({ says, outcome, left })))
    })
  )

  for (const [what, undo] of [
    ["removed", (directory: string) => rm(directory, { recursive: true, maxRetries: 20, retryDelay: 1 })],
    [
      "emptied",
      async (directory: string) => {
        for (const name of await readdir(directory)) await rm(join(directory, name))
      }
    ],
    ["restored from a backup beside the holder's", (directory: string) => writeFile(join(directory, "free"), "")]
  ] as const) {
    it.scopedLive(`${what} while it is held: never two holders, and the next one has it`, () =>
      Effect.gen(function* () {
        const path = join(yield* temporaryDirectory, "file")
        const files = make(nodeOps, timing)
        const holder = yield* Effect.either(
          files.withLock(path)((lock) =>
            Effect.gen(function* () {
              yield* Effect.promise(() => undo(lockDirectoryOf(path)))
              const second = yield* Effect.either(
                make(nodeOps, timing).withLock(path, { wait: "1 second" })(() => Effect.void)
              )
              const first = yield* Effect.either(lock.confirm)
              return [first._tag, second._tag]
            })
          )
        )
        // Who was robbed by hand finds out; who was not keeps the second one out.
        expect(holder).toMatchObject({
          right: what.startsWith("restored") ? ["Right", "Left"] : ["Left", "Right"]
        })
        expect(yield* asked(path)).toBe("had")
        expect(yield* Effect.promise(() => readdir(lockDirectoryOf(path)))).toEqual(["free"])
      })
    )
  }
})

type Call = "rename" | "readdir" | "unlink" | "mkdir" | "rmdir" | "lstat" | "chmod"

const calls: ReadonlyArray<Call> = ["rename", "readdir", "unlink", "mkdir", "rmdir", "lstat", "chmod"]

const failed = (code: string) => Object.assign(new Error(`${code}: injected`), { code })

/** From its `nth` call on, a step fails so often; `done`: it is done all the same. */
const failing = (bad: Call, nth: number, times: number, code: string, done: boolean, reached: () => void): DiskOps => {
  let seen = 0
  const guarded =
    <Args extends ReadonlyArray<unknown>, A>(call: Call, real: (...args: Args) => A | Promise<A>) =>
    async (...args: Args): Promise<A> => {
      if (call !== bad) return real(...args)
      seen += 1
      if (seen < nth || seen >= nth + times) return real(...args)
      reached()
      if (done) await real(...args)
      throw failed(code)
    }
  return {
    ...nodeOps,
    rename: guarded("rename", nodeOps.rename),
    readdir: guarded("readdir", nodeOps.readdir),
    unlink: guarded("unlink", nodeOps.unlink),
    mkdir: guarded("mkdir", nodeOps.mkdir),
    rmdir: guarded("rmdir", nodeOps.rmdir),
    lstat: guarded("lstat", nodeOps.lstat),
    chmod: guarded("chmod", nodeOps.chmod)
  }
}

const plans = [
  { says: "none", names: null },
  { says: "free", names: ["free"] },
  { says: "a dead one", names: [dead] },
  { says: "free and dead", names: ["free", dead] },
  { says: "free and elsewhere", names: ["free", elsewhere] }
]

describe("a disk that fails at a step of the lock, and then works", () => {
  for (const { codes, done, times } of [
    { codes: ["EIO", "ENOSPC", "EROFS", "EACCES"], done: false, times: 1 },
    { codes: ["EIO"], done: false, times: 6 },
    { codes: ["ENOENT"], done: true, times: 1 }
  ]) {
    it.scopedLive(
      `${codes.join(", ")}${done ? " although it was done" : ""}, ${times} in a row: had or told, and the same process has it next`,
      () =>
        Effect.gen(function* () {
          const stuck: Array<string> = []
          let tried = 0
          for (const bad of calls) {
            for (const { names, says } of plans) {
              for (let nth = 1; nth < 12; nth += 1) {
                const path = join(yield* temporaryDirectory, "file")
                if (names !== null) yield* Effect.promise(() => put(lockDirectoryOf(path), names))
                let reached = false
                const files = make(
                  failing(bad, nth, times, codes[tried % codes.length] ?? "EIO", done, () => {
                    reached = true
                  }),
                  timing
                )
                const first = yield* Effect.exit(
                  Effect.either(files.withLock(path, { wait: "2 seconds" })(({ confirm }) => confirm))
                )
                // The disk works again after as many calls; and a token that could not be given back soon goes back.
                const confirmed = files.withLock(path, { wait: "2 seconds" })(({ confirm }) => confirm)
                const next = yield* Effect.either(
                  Effect.retry(confirmed, { times, while: ({ _tag }) => _tag !== "LockTimeout" })
                )
                tried += 1
                if (first._tag === "Failure" || next._tag === "Left")
                  stuck.push(`${bad} ${nth}, ${says}: ${String(next)}`)
                if (!reached) break
              }
            }
          }
          expect(stuck).toEqual([])
          expect(tried).toBeGreaterThan(50)
        }),
      { concurrent: true, timeout: 120_000 }
    )
  }
})
