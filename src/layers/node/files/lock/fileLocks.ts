/** The lock that belongs to a path: first among the fibers of this process, then among processes. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { resolve } from "node:path"
import { type LockLost, LockTimeout } from "../../../../domain/errors.ts"
import { type CredentialFilesShape, defaultLockWait } from "../../../../services/platform/CredentialFiles.ts"
import type { DiskOps } from "../DiskOps.ts"
import { toFileError } from "../failures.ts"
import type { HeldToken } from "./HeldToken.ts"
import { makeNameAges } from "./judging.ts"
import { makeKeyedMutex, type Restore } from "../../../../services/platform/KeyedMutex.ts"
import { monotonicMillis, takeToken } from "./takeToken.ts"
import type { LockTiming } from "./timing.ts"
import { lockDirectoryOf } from "./tokenName.ts"

export interface FileLocks {
  readonly withLock: CredentialFilesShape["withLock"]
  /** Confirms the lock of a file where it is held here: what changes the file does this last. */
  readonly confirm: (path: string) => Effect.Effect<void, LockLost>
}

export const makeFileLocks = (ops: DiskOps, timing: LockTiming): FileLocks => {
  const mutex = makeKeyedMutex()
  const room = { ops, timing, ages: makeNameAges(timing) }
  const held = new Map<string, HeldToken>()

  const acquire = (path: string, waitMillis: number, restore: Restore) =>
    Effect.gen(function* () {
      const directory = lockDirectoryOf(path)
      const since = yield* monotonicMillis
      if (!(yield* mutex.acquire(path, waitMillis, restore))) {
        const holder = { pid: ops.host.pid, here: true, stopped: false }
        return yield* new LockTimeout({ path: directory, waitedMillis: waitMillis, holder })
      }
      const left = waitMillis - ((yield* monotonicMillis) - since)
      const waiting = { waitMillis: left, restore, stuckAfter: Number.POSITIVE_INFINITY }
      const token = yield* takeToken(room, directory, waiting).pipe(
        Effect.mapError((error) => {
          if (error._tag === "LockTimeout") return new LockTimeout({ ...error, waitedMillis: waitMillis })
          return error._tag === "Errno" ? toFileError(directory, "locked")(error) : error
        }),
        Effect.onError(() => mutex.release(path))
      )
      held.set(path, token)
      return token
    })

  const release = (path: string, token: HeldToken): Effect.Effect<void> =>
    Effect.suspend(() => {
      held.delete(path)
      return Effect.zipRight(token.release, mutex.release(path))
    })

  return {
    withLock: (path, options) => (use) =>
      Effect.uninterruptibleMask((restore) => {
        const file = resolve(path)
        return Effect.acquireUseRelease(
          acquire(file, Duration.toMillis(options?.wait ?? defaultLockWait), restore),
          (lock) => restore(Effect.suspend(() => use(lock))),
          (lock) => release(file, lock)
        )
      }),
    confirm: (path) => held.get(path)?.confirm ?? Effect.void
  }
}
