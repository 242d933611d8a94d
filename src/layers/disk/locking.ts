/** The lock that belongs to a path: first among the fibers of this process, then among processes. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { basename, dirname, join, resolve } from "node:path"
import { type FileError, LockTimeout } from "../../domain/errors.ts"
import { type CredentialFilesShape, defaultLockWait } from "../../services/CredentialFiles.ts"
import type { DiskOps, KernelLocks } from "./DiskOps.ts"
import { openDirectory } from "./directories.ts"
import { call, type Errno, explain } from "./failures.ts"
import { takeFallbackLock } from "./FallbackLock.ts"
import { realDirectories } from "./guards.ts"
import { takeKernelLock } from "./KernelLock.ts"
import { type Held, monotonicMillis, type Poll, pollUntil } from "./polling.ts"
import { makeTurnstile, type Restore } from "./Turnstile.ts"

/** A file system, or a system, without such locks: the same answer for every process that asks. */
const unsupported = ({ code }: Errno): boolean => ["EINVAL", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"].includes(code)

export const makeWithLock = (ops: DiskOps): Effect.Effect<CredentialFilesShape["withLock"]> =>
  Effect.gen(function* () {
    const turnstile = makeTurnstile()
    // Loaded with the first lock, not with the program: most commands take none.
    let loading: Promise<KernelLocks | null> | undefined
    const kernelLocks = Effect.promise(() => {
      loading ??= ops.loadKernelLocks().catch(() => null)
      return loading
    })

    const takeFallback = (path: string, poll: Poll) =>
      takeFallbackLock(ops, join(dirname(path), `.${basename(path)}.lock.held`), poll)

    const takeKernel = (locks: KernelLocks, path: string, poll: Poll) =>
      Effect.catchTag(takeKernelLock(ops, locks, lockFileOf(path), poll), "Errno", (error) =>
        unsupported(error) ? takeFallback(path, poll) : Effect.fail(error)
      )

    const take = (path: string, poll: Poll): Effect.Effect<Held, FileError | LockTimeout> =>
      Effect.gen(function* () {
        yield* Effect.catchIf(
          realDirectories(ops, path, "locked"),
          (error) => error._tag === "Errno",
          () => Effect.void
        )
        yield* Effect.scoped(openDirectory(ops, dirname(path)))
        const locks = yield* kernelLocks
        return yield* locks === null ? takeFallback(path, poll) : takeKernel(locks, path, poll)
      }).pipe(Effect.catchTag("Errno", (error) => Effect.fail(explain(lockFileOf(path), "locked")(error))))

    const acquire = (path: string, waitMillis: number, restore: Restore) =>
      Effect.gen(function* () {
        const deadline = (yield* monotonicMillis) + waitMillis
        const timeout = new LockTimeout({ path: lockFileOf(path), waitedMillis: waitMillis })
        if (!(yield* turnstile.enter(path, waitMillis, restore))) return yield* timeout
        return yield* take(path, pollUntil(deadline, restore, timeout)).pipe(
          Effect.onError(() => turnstile.leave(path))
        )
      })

    return (path, options) => {
      const file = resolve(path)
      const waitMillis = Duration.toMillis(options?.wait ?? defaultLockWait)
      return (effect) =>
        Effect.uninterruptibleMask((restore) =>
          Effect.acquireUseRelease(
            acquire(file, waitMillis, restore),
            () => restore(effect),
            ({ release }) => Effect.zipRight(release, turnstile.leave(file))
          )
        )
    }
  })

/** Beside the file it belongs to. */
export const lockFileOf = (path: string): string => join(dirname(path), `.${basename(path)}.lock`)
