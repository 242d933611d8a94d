/** Whatever a system can refuse a call with is an environment's failure, told as one: never a defect. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { writeFile } from "node:fs/promises"
import { constants } from "node:os"
import { join } from "node:path"
import { getSystemErrorMap } from "node:util"
import { networkReason } from "#src/domain/api/NetworkReason.ts"
import { isErrno, meaningOf } from "#src/domain/internal/errno.ts"
import * as DiskFiles from "#src/layers/node/files/DiskFiles.ts"
import { type Attempt, Errno, toFileError } from "#src/layers/node/files/failures.ts"
import * as Inspector from "#src/layers/node/files/Inspector.ts"
import { systemFailure } from "#src/cli/app/reportError.ts"
import { failingOps, type Step, temporaryDirectory } from "./support.ts"

/** What POSIX has, and what Node names besides; a name that does not resolve is nothing that a disk says. */
const codes = [
  ...new Set([...Object.keys(constants.errno), ...Array.from(getSystemErrorMap().values(), ([code]) => code)])
].filter((code) => !/^EAI_|^EOF$|^ECHARSET$/.test(code))

const attempts: ReadonlyArray<Attempt> = ["read", "listed", "written", "removed", "locked"]

const steps: ReadonlyArray<Step> = [
  "open",
  "openDirectory",
  "lstat",
  "mkdir",
  "chmod",
  "rename",
  "unlink",
  "readdir",
  "file.stat",
  "file.chmod",
  "file.read",
  "file.write",
  "file.truncate",
  "file.sync",
  "directory.sync"
]

const refusal = (code: string) =>
  Object.assign(new Error(`${code}: secret`), { code, errno: -1, syscall: "open", path: "/some/where" })

describe("every code of the system", () => {
  it("is in the one table", () => {
    expect(codes.length).toBeGreaterThan(75)
    expect(codes.filter((code) => !isErrno(code))).toEqual([])
    expect(isErrno("toString")).toBe(false)
  })

  it.each(codes)("%s is a sentence with the path, and a command where one mends it, for each attempt", (code) => {
    for (const attempt of attempts) {
      const error = toFileError("/home/me/.mp/config.toml", attempt)(new Errno({ code }))
      expect(error.message).toMatch(/^\/home\/me\/\.mp\/config\.toml (cannot be \w+: |is a )/)
      expect(error.message).not.toMatch(/undefined|bug/)
      for (const hint of error.hints) expect(hint).toMatch(/^[a-z][^\n]+$/)
      expect(error.details.fix).toBe(error.hints[0] ?? null)
    }
    expect(networkReason(refusal(code))).not.toMatch(/the connection failed|secret/)
  })

  it.each(codes)("%s as a defect is no bug of mp", (code) => {
    for (const error of [refusal(code), new Error("outer", { cause: refusal(code) })]) {
      const told = systemFailure(error)
      expect(told?.message).toBe(`The system refused what mp needs (open /some/where): ${meaningOf(code)}.`)
      expect(told?.details.fix).toBe(told?.hints[0] ?? null)
    }
  })

  it("an error of ours is still a bug", () => {
    for (const error of [
      new TypeError("x"),
      Object.assign(new Error("x"), { code: "ERR_INVALID_ARG_TYPE" }),
      Object.assign(new Error("x"), { code: "EIO" }),
      "EIO"
    ]) {
      expect(systemFailure(error)).toBeNull()
    }
  })
})

/** All that is done with a file; each fails as a file fails, or works in spite of it. */
const actions = (code: string, step: Step, directory: string) => {
  const ops = failingOps(step, code)
  const files = DiskFiles.make(ops)
  const inspector = Inspector.make(ops)
  const path = join(directory, "tokens.json")
  return {
    read: files.read(path),
    written: files.write(path, "new"),
    made: files.write(join(directory, "below/tokens.json"), "new"),
    removed: files.remove(path),
    locked: files.withLock(path, { wait: "100 millis" })(() => Effect.void),
    listed: inspector.list(directory),
    abandoned: inspector.abandoned(directory),
    widened: inspector.chmod(path, 0o600),
    discarded: inspector.discard(path)
  }
}

/** Every action while one step fails; those that wait for a lock wait beside those of the other steps. */
const failing = (code: string, step: Step) =>
  Effect.gen(function* () {
    const directory = yield* temporaryDirectory
    const path = join(directory, "tokens.json")
    for (const what of Object.keys(actions(code, step, directory))) {
      yield* Effect.promise(() => writeFile(path, "old", { mode: 0o600 }))
      // Made anew for each: the step fails once.
      const action = Object.entries(actions(code, step, directory)).find(([name]) => name === what)?.[1] ?? Effect.void
      const exit = yield* Effect.exit<unknown, { readonly _tag: string; readonly message: string }, never>(action)
      const wrong = exit._tag === "Failure" && exit.cause._tag !== "Fail" ? String(exit.cause) : null
      expect({ step, what, wrong }).toEqual({ step, what, wrong: null })
      if (exit._tag === "Failure" && exit.cause._tag === "Fail") {
        expect(exit.cause.error._tag).toMatch(/^(FileError|LockLost|LockTimeout)$/)
        expect(exit.cause.error.message).toContain(directory)
      }
    }
  })

describe.concurrent("at any call of the system", () => {
  it.scopedLive.each(codes.filter((code) => code !== "EEXIST" && code !== "EINTR"))(
    "%s leaves a typed error with the path, or nothing",
    (code) => Effect.forEach(steps, (step) => failing(code, step), { concurrency: "unbounded", discard: true }),
    120_000
  )
})
