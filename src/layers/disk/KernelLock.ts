/**
 * The lock that the kernel keeps: an advisory lock of an open file, gone with the last descriptor whatever
 * ends its holder. The file itself stays for ever; deleting it would let two holders in.
 */
import * as Effect from "effect/Effect"
import type { FileError } from "../../domain/errors.ts"
import { closeQuietly } from "./directories.ts"
import { type DiskHandle, type DiskOps, type KernelLocks, openFlags } from "./DiskOps.ts"
import type { Errno } from "./failures.ts"
import { call, errno } from "./failures.ts"
import { refusedFile } from "./guards.ts"
import type { Held, Poll } from "./polling.ts"

const openLockFile = (ops: DiskOps, lockFile: string): Effect.Effect<DiskHandle, Errno | FileError> =>
  Effect.flatMap(
    call(() => ops.open(lockFile, openFlags.lock, 0o600)),
    (handle) =>
      call(() => handle.stat()).pipe(
        Effect.tap((facts) => refusedFile(lockFile, facts, ops.machine.uid()) ?? Effect.void),
        Effect.flatMap((facts) => (facts.mode === 0o600 ? Effect.void : call(() => handle.chmod(0o600)))),
        Effect.as(handle),
        Effect.onError(() => closeQuietly(handle))
      )
  )

/** Whether the locked file is the one that others find under the name: its directory may have been deleted. */
const stillNamed = (ops: DiskOps, lockFile: string, handle: DiskHandle): Effect.Effect<boolean, Errno> =>
  Effect.zipWith(
    call(() => handle.stat()),
    call(() => ops.lstat(lockFile)),
    (mine, named) => mine.identity === named.identity
  ).pipe(
    Effect.catchIf(
      ({ code }) => code === "ENOENT",
      () => Effect.succeed(false)
    )
  )

const tryLock = (locks: KernelLocks, handle: DiskHandle): Effect.Effect<boolean, Errno> =>
  Effect.try({ try: () => locks.tryLock(handle.fd, 0, 0), catch: errno })

/** Takes the lock, polling. Run uninterruptibly; `poll` is where it waits and can be interrupted. */
export const takeKernelLock = (
  ops: DiskOps,
  locks: KernelLocks,
  lockFile: string,
  poll: Poll
): Effect.Effect<Held, Errno | Effect.Effect.Error<ReturnType<Poll>>> =>
  Effect.flatMap(openLockFile(ops, lockFile), (handle) =>
    poll(tryLock(locks, handle)).pipe(
      Effect.zipRight(stillNamed(ops, lockFile, handle)),
      Effect.onError(() => closeQuietly(handle)),
      Effect.flatMap((named) =>
        named
          ? Effect.succeed({ release: closeQuietly(handle) })
          : Effect.zipRight(closeQuietly(handle), takeKernelLock(ops, locks, lockFile, poll))
      )
    )
  )
