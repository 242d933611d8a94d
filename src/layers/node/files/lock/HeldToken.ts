/** A token that is held: renewed while it is held, confirmed on demand, and given back. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { dirname } from "node:path"
import { type FileError, LockLost } from "../../../../domain/errors.ts"
import type { FileLock } from "../../../../services/platform/CredentialFiles.ts"
import type { DiskOps } from "../DiskOps.ts"
import { call, Errno, toFileError } from "../failures.ts"
import { sweepDirectory } from "../temporaries.ts"
import type { LockTiming } from "./timing.ts"
import { type Moved, move, removeLockDirectory, removeToken, tokensIn } from "./tokenDirectory.ts"
import { free, isLockDirectory, isOldLock, tokenName, type TokenName } from "./tokenName.ts"

export interface HeldToken extends FileLock {
  readonly release: Effect.Effect<void>
}

/** How often a step is tried at once when the system fails it: a passing fault is no reason to give up a lock. */
const tries = 3

/** How long Windows is asked again for a name that somebody looks at, in steps of `busyPause`. */
const busyTries = 80
const busyPause = "25 millis"

/** Waits without keeping the process alive. */
const idle = (millis: number): Effect.Effect<void> =>
  Effect.async((resume) => {
    const timer = setTimeout(() => resume(Effect.void), millis)
    timer.unref()
    return Effect.sync(() => clearTimeout(timer))
  })

export const holdToken = (
  ops: DiskOps,
  timing: LockTiming,
  directory: string,
  taken: TokenName
): Effect.Effect<HeldToken> =>
  Effect.gen(function* () {
    const mutex = yield* Effect.makeSemaphore(1)
    let current = taken
    let state: "held" | "lost" | "ended" = "held"

    const isOurs = (name: string): boolean => name.startsWith(`${taken.nonce}.`)

    const moveOnce = (to: string, left = busyTries): Effect.Effect<Moved, Errno> =>
      Effect.flatMap(move(ops, directory, tokenName(current), to), (moved) =>
        moved === "busy" && left > 0
          ? Effect.zipRight(Effect.sleep(busyPause), moveOnce(to, left - 1))
          : Effect.succeed(moved)
      )

    /** What is gone under the name it had may have another one of ours: a file server did it and said that it failed. */
    const find = Effect.map(tokensIn(ops, directory), (names) => names.find(isOurs))

    const moveTo = (to: string): Effect.Effect<Moved, Errno> =>
      Effect.gen(function* () {
        const moved = yield* Effect.retry(moveOnce(to), { times: tries - 1 })
        if (moved !== "absent") return moved
        const name = yield* find
        if (name === undefined || name === to) return name === undefined ? "absent" : "moved"
        return yield* Effect.map(move(ops, directory, name, to), (again) => again)
      })

    const lost = (errno: string | null) => new LockLost({ path: directory, errno })

    const step: Effect.Effect<void, LockLost> = Effect.suspend(() => {
      if (state !== "held") return lost(null)
      const next = { ...current, beat: current.beat + 1 }
      return Effect.matchEffect(moveTo(tokenName(next)), {
        onFailure: ({ code }) => lost(code),
        onSuccess: (moved) => {
          if (moved === "busy") return lost("EBUSY")
          if (moved === "moved") current = next
          else state = "lost"
          return moved === "moved" ? Effect.void : lost(null)
        }
      })
    })

    const confirm = Effect.uninterruptible(mutex.withPermits(1)(step))

    const beats = yield* confirm.pipe(
      Effect.catchAll(({ errno }) =>
        errno === null ? Effect.void : Effect.logDebug(`The lock ${directory} could not be renewed (${errno})`)
      ),
      Effect.delay(timing.beat),
      Effect.repeat({ while: () => state === "held" }),
      Effect.interruptible,
      Effect.forkDaemon
    )

    const giveBack: Effect.Effect<void> = Effect.suspend(() => {
      if (state !== "held") return Effect.void
      return Effect.matchEffect(moveTo(free), {
        onSuccess: (moved) => (moved === "busy" ? again("EBUSY") : ended),
        onFailure: ({ code }) => again(code)
      })
    })

    const ended = Effect.sync(() => {
      state = "ended"
    })

    /** Until the process ends: then its death is what frees the lock. */
    const again = (code: string): Effect.Effect<void> =>
      Effect.logWarning(`The lock ${directory} could not be released (${code}); trying again.`).pipe(
        Effect.zipRight(Effect.forkDaemon(Effect.zipRight(idle(timing.beat), Effect.uninterruptible(giveBack)))),
        Effect.asVoid
      )

    const removeDirectory: Effect.Effect<ReadonlyArray<string>, FileError | LockLost> = Effect.uninterruptible(
      mutex.withPermits(1)(
        Effect.gen(function* () {
          yield* step
          const parent = dirname(directory)
          yield* sweepDirectory(ops, parent, isOldLock)
          yield* removeToken(ops, directory, tokenName(current))
          yield* ended
          yield* removeLockDirectory(ops, directory)
          return (yield* removeIfEmpty(ops, parent)).filter((name) => !isLockDirectory(name))
        }).pipe(Effect.catchTag("Errno", (error) => Effect.fail(toFileError(directory, "removed")(error))))
      )
    )

    return {
      confirm,
      removeDirectory,
      release: Effect.uninterruptible(Effect.zipRight(Fiber.interrupt(beats), mutex.withPermits(1)(giveBack)))
    }
  })

/** The names that keep a directory from being removed; none when it is gone. */
const removeIfEmpty = (ops: DiskOps, directory: string): Effect.Effect<ReadonlyArray<string>, Errno> =>
  call(() => ops.rmdir(directory)).pipe(
    Effect.as<ReadonlyArray<string>>([]),
    Effect.catchAll(({ code }) => {
      if (code === "ENOENT") return Effect.succeed<ReadonlyArray<string>>([])
      return call(() => ops.readdir(directory)).pipe(
        Effect.filterOrFail(
          (names) => names.length > 0,
          () => new Errno({ code })
        )
      )
    })
  )
