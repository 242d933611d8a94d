/** The lock that belongs to a path: first among the fibers of this process, then among processes. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { basename, dirname, join, resolve } from "node:path"
import { type FileError, LockTimeout } from "../../domain/errors.ts"
import { type CredentialFilesShape, defaultLockWait } from "../../services/CredentialFiles.ts"
import type { DiskOps, KernelLocks } from "./DiskOps.ts"
import { openDirectory } from "./directories.ts"
import { type Errno, explain } from "./failures.ts"
import { takeFallbackLock } from "./FallbackLock.ts"
import { realDirectories } from "./guards.ts"
import { takeKernelLock } from "./KernelLock.ts"
import { type Held, monotonicMillis, type Poll, pollUntil } from "./polling.ts"
import { makeTurnstile, type Restore } from "./Turnstile.ts"

/** A file system, or a system, without such locks: the same answer for every process that asks. */
const unsupported = ({ code }: Errno): boolean => ["EINVAL", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"].includes(code)

/** Loaded with the first lock, not with the program: most commands take none. `null`: it cannot be. */
const loadedOnce = (ops: DiskOps): Effect.Effect<KernelLocks | null> => {
  let loading: Promise<KernelLocks | null> | undefined
  return Effect.promise(() => {
    loading ??= ops.loadKernelLocks().catch(() => null)
    return loading
  })
}

const takeFallback = (ops: DiskOps, path: string, poll: Poll) => takeFallbackLock(ops, `${lockFileOf(path)}.held`, poll)

const takeKernel = (ops: DiskOps, locks: KernelLocks, path: string, poll: Poll) =>
  Effect.catchTag(takeKernelLock(ops, locks, lockFileOf(path), poll), "Errno", (error) =>
    unsupported(error) ? takeFallback(ops, path, poll) : Effect.fail(error)
  )

/** A directory that is missing is made; a link on the way to it is refused. */
const prepareDirectory = (ops: DiskOps, path: string): Effect.Effect<void, Errno | FileError> =>
  realDirectories(ops, path, "locked").pipe(
    Effect.catchIf(
      (error) => error._tag === "Errno" && error.code === "ENOENT",
      () => Effect.void
    ),
    Effect.zipRight(Effect.scoped(openDirectory(ops, dirname(path)))),
    Effect.asVoid
  )

/** Takes the lock among processes. */
const makeTake = (ops: DiskOps) => {
  const kernelLocks = loadedOnce(ops)
  return (path: string, poll: Poll): Effect.Effect<Held, FileError | LockTimeout> =>
    prepareDirectory(ops, path).pipe(
      Effect.zipRight(kernelLocks),
      Effect.flatMap((locks) => (locks === null ? takeFallback(ops, path, poll) : takeKernel(ops, locks, path, poll))),
      Effect.catchTag("Errno", (error) => Effect.fail(explain(lockFileOf(path), "locked")(error)))
    )
}

export const makeWithLock = (ops: DiskOps): CredentialFilesShape["withLock"] => {
  const turnstile = makeTurnstile()
  const take = makeTake(ops)

  const acquire = (path: string, waitMillis: number, restore: Restore) =>
    Effect.gen(function* () {
      const deadline = (yield* monotonicMillis) + waitMillis
      const timeout = new LockTimeout({ path: lockFileOf(path), waitedMillis: waitMillis })
      if (!(yield* turnstile.enter(path, waitMillis, restore))) return yield* timeout
      return yield* Effect.onError(take(path, pollUntil(deadline, restore, timeout)), () => turnstile.leave(path))
    })

  return (path, options) => (effect) =>
    Effect.uninterruptibleMask((restore) => {
      const file = resolve(path)
      return Effect.acquireUseRelease(
        acquire(file, Duration.toMillis(options?.wait ?? defaultLockWait), restore),
        () => restore(effect),
        ({ release }) => Effect.zipRight(release, turnstile.leave(file))
      )
    })
}

/** Beside the file it belongs to. */
export const lockFileOf = (path: string): string => join(dirname(path), `.${basename(path)}.lock`)
