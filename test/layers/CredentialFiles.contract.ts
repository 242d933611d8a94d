/** What every `CredentialFiles` must do, whatever it stands on. */
import { expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import * as Scope from "effect/Scope"
import { CredentialFiles, maxFileBytes } from "#src/services/platform/CredentialFiles.ts"

export interface Ground {
  readonly layer: Layer.Layer<CredentialFiles>
  /** An absolute directory that nobody else uses. */
  readonly directory: Effect.Effect<string, never, Scope.Scope>
}

type Case = (directory: string) => Effect.Effect<void, unknown, CredentialFiles | Scope.Scope>

const readsAndWrites: Readonly<Record<string, Case>> = {
  "a file that is not there reads as None": (directory) =>
    Effect.gen(function* () {
      const files = yield* CredentialFiles
      expect(yield* files.read(`${directory}/absent`)).toEqual(Option.none())
      expect(yield* files.read(`${directory}/no/such/directory/absent`)).toEqual(Option.none())
    }),
  "what is written is read, byte order mark and all": (directory) =>
    Effect.gen(function* () {
      const files = yield* CredentialFiles
      for (const text of ["", "one\n", "\uFEFFmarked", "ünï🔑\r\n\u0000", "x".repeat(maxFileBytes)]) {
        yield* files.write(`${directory}/new/deep/file`, text)
        expect(yield* files.read(`${directory}/new/deep/file`)).toEqual(Option.some(text))
      }
    }),
  "the names in a directory are listed, and none where there is no directory": (directory) =>
    Effect.gen(function* () {
      const files = yield* CredentialFiles
      yield* files.write(`${directory}/all/one/file`, "1")
      yield* files.write(`${directory}/all/two`, "2")
      expect([...(yield* files.list(`${directory}/all`))].sort()).toEqual(["one", "two"])
      expect(yield* files.list(`${directory}/none`)).toEqual([])
    }),
  "a shorter text leaves nothing of the longer one": (directory) =>
    Effect.gen(function* () {
      const files = yield* CredentialFiles
      yield* files.write(`${directory}/file`, "a long text")
      yield* files.write(`${directory}/file`, "short")
      expect(yield* files.read(`${directory}/file`)).toEqual(Option.some("short"))
    }),
  "more than 1 MiB, counted in bytes, is not written": (directory) =>
    Effect.gen(function* () {
      const files = yield* CredentialFiles
      yield* files.write(`${directory}/file`, "old")
      for (const text of ["x".repeat(maxFileBytes + 1), "ü".repeat(maxFileBytes / 2 + 1)]) {
        const error = yield* Effect.flip(files.write(`${directory}/file`, text))
        expect(error).toMatchObject({ _tag: "FileError", problem: "too_large", path: `${directory}/file` })
      }
      expect(yield* files.read(`${directory}/file`)).toEqual(Option.some("old"))
    }),
  "half a character is refused, not replaced": (directory) =>
    Effect.gen(function* () {
      const files = yield* CredentialFiles
      const error = yield* Effect.flip(files.write(`${directory}/file`, "secret\uD800"))
      expect(error).toMatchObject({ problem: "not_utf8" })
      expect(JSON.stringify(error) + error.message).not.toContain("secret")
    }),
  "a directory is not a file": (directory) =>
    Effect.gen(function* () {
      const files = yield* CredentialFiles
      yield* files.write(`${directory}/inner/file`, "text")
      for (const attempt of [
        Effect.asVoid(files.read(`${directory}/inner`)),
        files.write(`${directory}/inner`, "text"),
        Effect.asVoid(files.remove(`${directory}/inner`)),
        Effect.asVoid(files.reserve(`${directory}/inner`, 10))
      ]) {
        expect(yield* Effect.flip(attempt)).toMatchObject({ problem: "not_a_file" })
      }
      expect(yield* files.read(`${directory}/inner/file`)).toEqual(Option.some("text"))
    }),
  "removing tells whether there was something": (directory) =>
    Effect.gen(function* () {
      const files = yield* CredentialFiles
      yield* files.write(`${directory}/file`, "text")
      expect(yield* files.remove(`${directory}/file`)).toBe(true)
      expect(yield* files.remove(`${directory}/file`)).toBe(false)
      expect(yield* files.remove(`${directory}/no/file`)).toBe(false)
      expect(yield* files.read(`${directory}/file`)).toEqual(Option.none())
    })
}

const lines: Readonly<Record<string, Case>> = {
  "lines follow each other, in directories that were not there": (directory) =>
    Effect.gen(function* () {
      const files = yield* CredentialFiles
      yield* files.append(`${directory}/new/deep/log`, "one\n")
      yield* files.append(`${directory}/new/deep/log`, "two\n")
      expect(yield* files.read(`${directory}/new/deep/log`)).toEqual(Option.some("one\ntwo\n"))
    }),
  "a file that would grow beyond its limit is put aside, in place of the former one": (directory) =>
    Effect.gen(function* () {
      const files = yield* CredentialFiles
      const log = `${directory}/log`
      for (const line of ["1234\n", "abcd\n", "next\n", "more\n", "last\n"]) {
        yield* files.append(log, line, { maxBytes: 10 })
      }
      expect(yield* files.read(log)).toEqual(Option.some("last\n"))
      expect(yield* files.read(`${log}.1`)).toEqual(Option.some("next\nmore\n"))
    }),
  "a line that is too long, or holds half a character, is not written": (directory) =>
    Effect.gen(function* () {
      const files = yield* CredentialFiles
      const log = `${directory}/log`
      yield* files.append(log, "one\n")
      const tooLong = yield* Effect.flip(files.append(log, "x".repeat(maxFileBytes + 1)))
      expect(tooLong).toMatchObject({ problem: "too_large" })
      expect(yield* Effect.flip(files.append(log, "\uD800"))).toMatchObject({ problem: "not_utf8" })
      expect(yield* Effect.flip(files.append(directory, "one\n"))).toMatchObject({ problem: "not_a_file" })
      expect(yield* files.read(log)).toEqual(Option.some("one\n"))
    })
}

const reservations: Readonly<Record<string, Case>> = {
  "a reservation commits what it is told, shorter or longer than reserved": (directory) =>
    Effect.gen(function* () {
      const files = yield* CredentialFiles
      for (const text of ["short", "x".repeat(5000)]) {
        const { commit } = yield* files.reserve(`${directory}/deep/file`, 1000)
        yield* commit(text)
        expect(yield* files.read(`${directory}/deep/file`)).toEqual(Option.some(text))
      }
    }),
  "a reservation that is not used changes nothing": (directory) =>
    Effect.gen(function* () {
      const files = yield* CredentialFiles
      yield* files.write(`${directory}/file`, "old")
      yield* Effect.scoped(files.reserve(`${directory}/file`, 1000))
      expect(yield* files.read(`${directory}/file`)).toEqual(Option.some("old"))
    }),
  "a reservation is used once, and not after its scope": (directory) =>
    Effect.gen(function* () {
      const files = yield* CredentialFiles
      const scope = yield* Scope.make()
      const used = yield* Scope.extend(files.reserve(`${directory}/file`, 10), scope)
      const unused = yield* Scope.extend(files.reserve(`${directory}/file`, 10), scope)
      yield* used.commit("first")
      expect(yield* Effect.flip(used.commit("second"))).toMatchObject({ problem: "io" })
      yield* Scope.close(scope, Exit.void)
      expect(yield* Effect.flip(unused.commit("third"))).toMatchObject({ problem: "io" })
      expect(yield* files.read(`${directory}/file`)).toEqual(Option.some("first"))
    }),
  "more than 1 MiB is neither reserved nor committed": (directory) =>
    Effect.gen(function* () {
      const files = yield* CredentialFiles
      expect(yield* Effect.flip(files.reserve(`${directory}/file`, maxFileBytes + 1))).toMatchObject({
        problem: "too_large"
      })
      const { commit } = yield* files.reserve(`${directory}/file`, 10)
      expect(yield* Effect.flip(commit("x".repeat(maxFileBytes + 1)))).toMatchObject({ problem: "too_large" })
      expect(yield* files.read(`${directory}/file`)).toEqual(Option.none())
    })
}

const locks: Readonly<Record<string, Case>> = {
  "50 fibers under the lock lose no update": (directory) =>
    Effect.gen(function* () {
      const files = yield* CredentialFiles
      const file = `${directory}/counter`
      const increment = Effect.gen(function* () {
        const before = Number(Option.getOrElse(yield* files.read(file), () => "0"))
        yield* files.write(file, String(before + 1))
      })
      yield* Effect.all(
        Array.from({ length: 50 }, () => files.withLock(file)(() => increment)),
        { concurrency: "unbounded" }
      )
      expect(yield* files.read(file)).toEqual(Option.some("50"))
    }),
  "the lock of one path is not that of another": (directory) =>
    Effect.gen(function* () {
      const files = yield* CredentialFiles
      const inner = files.withLock(`${directory}/b`)(() => Effect.succeed("inside"))
      expect(yield* files.withLock(`${directory}/a`)(() => inner)).toBe("inside")
    }),
  "the lock is free again after success, failure, defect and interruption": (directory) =>
    Effect.gen(function* () {
      const files = yield* CredentialFiles
      const locked = files.withLock(`${directory}/file`, { wait: "1 second" })
      expect(yield* locked(() => Effect.succeed(1))).toBe(1)
      expect(yield* Effect.flip(locked(() => Effect.fail("mine")))).toBe("mine")
      expect(Exit.isFailure(yield* Effect.exit(locked(() => Effect.die("bug"))))).toBe(true)
      const inside = yield* Deferred.make<void>()
      const holder = yield* Effect.fork(
        locked(() => Effect.zipRight(Deferred.succeed(inside, undefined), Effect.never))
      )
      yield* Deferred.await(inside)
      yield* Fiber.interrupt(holder)
      expect(yield* locked(() => Effect.succeed(2))).toBe(2)
    }),
  "waiting ends with LockTimeout, and the effect does not run": (directory) =>
    Effect.gen(function* () {
      const files = yield* CredentialFiles
      const ran = yield* Ref.make(false)
      const late = files.withLock(`${directory}/file`, { wait: "30 millis" })(() => Ref.set(ran, true))
      const error = yield* files.withLock(`${directory}/file`)(() => Effect.flip(late))
      expect(error).toMatchObject({ _tag: "LockTimeout", waitedMillis: 30 })
      expect(yield* Ref.get(ran)).toBe(false)
      yield* late
      expect(yield* Ref.get(ran)).toBe(true)
    }),
  "an interrupted waiter does not take the lock, and those behind it get it": (directory) =>
    Effect.gen(function* () {
      const files = yield* CredentialFiles
      const file = `${directory}/file`
      const ran = yield* Ref.make<ReadonlyArray<string>>([])
      const note = (name: string) => Ref.update(ran, (names) => [...names, name])
      const release = yield* Deferred.make<void>()
      const holder = yield* Effect.fork(files.withLock(file)(() => Deferred.await(release)))
      yield* Effect.sleep("20 millis")
      const waiter = yield* Effect.fork(files.withLock(file)(() => note("interrupted")))
      const next = yield* Effect.fork(files.withLock(file)(() => note("next")))
      yield* Effect.sleep("20 millis")
      yield* Fiber.interrupt(waiter)
      yield* Deferred.succeed(release, undefined)
      yield* Fiber.joinAll([holder, next])
      expect(yield* Ref.get(ran)).toEqual(["next"])
    }),
  "the directory of a locked file goes when it is empty, and stays with what is not ours": (directory) =>
    Effect.gen(function* () {
      const files = yield* CredentialFiles
      const remove = (account: string) =>
        files.withLock(`${directory}/${account}/file`)((lock) =>
          Effect.zipRight(files.remove(`${directory}/${account}/file`), lock.removeDirectory)
        )
      for (const name of ["a/file", "ab/file", "ab/other"]) yield* files.write(`${directory}/${name}`, name)
      expect(yield* remove("a")).toEqual([])
      expect(yield* remove("a")).toEqual([])
      expect(yield* remove("ab")).toEqual(["other"])
      expect(yield* files.read(`${directory}/ab/other`)).toEqual(Option.some("ab/other"))
      expect(yield* files.withLock(`${directory}/a/file`)(() => Effect.succeed("anew"))).toBe("anew")
    }),
  "a lock can be confirmed while it is held": (directory) =>
    Effect.gen(function* () {
      const files = yield* CredentialFiles
      const twice = files.withLock(`${directory}/file`)(({ confirm }) => Effect.zipRight(confirm, confirm))
      yield* twice
      yield* twice
    }),
  "interruptions at any moment never lose the lock": (directory) =>
    Effect.gen(function* () {
      const files = yield* CredentialFiles
      const file = `${directory}/file`
      const once = (index: number) =>
        files
          .withLock(file)(() => Effect.sleep("1 millis"))
          .pipe(Effect.timeoutOption(`${index % 7} millis`), Effect.delay(`${index % 5} millis`))
      yield* Effect.forEach(
        Array.from({ length: 100 }, (_, index) => index),
        once,
        { concurrency: "unbounded" }
      )
      yield* files.withLock(file, { wait: "1 second" })(() => Effect.void)
    })
}

export const contract = ({ directory, layer }: Ground): void => {
  for (const [name, test] of Object.entries({ ...readsAndWrites, ...lines, ...reservations, ...locks })) {
    it.scopedLive(name, () => Effect.provide(Effect.flatMap(directory, test), layer))
  }
}
