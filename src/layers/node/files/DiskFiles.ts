import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { dirname, resolve } from "node:path"
import type { FileError, LockLost } from "../../../domain/errors.ts"
import { CredentialFiles, type CredentialFilesShape, maxBytesOf } from "../../../services/platform/CredentialFiles.ts"
import { append } from "./appending.ts"
import { andThen, type Awaitable, orElse, soon } from "./awaitable.ts"
import { type DiskOps, nodeOps } from "./DiskOps.ts"
import { openExisting, syncDirectory } from "./directories.ts"
import { call, errno, toFileError, refusalOrErrno, unconfirmed } from "./failures.ts"
import { realDirectories } from "./guards.ts"
import { makeFileLocks } from "./lock/fileLocks.ts"
import { type LockTiming, protocolTiming } from "./lock/timing.ts"
import { type Disk, readFile } from "./reading.ts"
import { makeFileTextCache } from "./FileTextCache.ts"
import { prepare, replace, type Writing } from "./Replacement.ts"

/** `None` for a file that is not there. */
const textOf = (disk: Disk, path: string, now: number, maxBytes: number): Awaitable<Option.Option<string>> =>
  orElse(
    () => andThen(readFile(disk, path, now, maxBytes), Option.some),
    (cause) => {
      if (errno(cause).code === "ENOENT") return Option.none()
      throw cause
    }
  )

const notRead =
  (path: string) =>
  (cause: unknown): FileError => {
    const error = refusalOrErrno(cause)
    return error._tag === "FileError" ? error : toFileError(path, "read")(error)
  }

const read = (disk: Disk, given: string, maxBytes?: number): Effect.Effect<Option.Option<string>, FileError> =>
  Effect.clockWith((clock) => {
    const path = resolve(given)
    const most = maxBytes ?? maxBytesOf(path)
    return soon(() => textOf(disk, path, clock.unsafeCurrentTimeMillis(), most), notRead(path))
  })

const list = (ops: DiskOps, directory: string): Effect.Effect<ReadonlyArray<string>, FileError> =>
  Effect.catchAll(call(() => ops.readdir(directory)).pipe(Effect.map((names) => [...names].sort())), (error) =>
    error.code === "ENOENT" ? Effect.succeed([]) : Effect.fail(toFileError(directory, "listed")(error))
  )

const removeFile = ({ confirm, ops }: Writing, path: string): Effect.Effect<boolean, FileError | LockLost> =>
  Effect.gen(function* () {
    yield* realDirectories(ops, path, "removed")
    yield* confirm(path)
    yield* call(() => ops.unlink(path))
    yield* Effect.scoped(Effect.flatMap(openExisting(ops, dirname(path)), syncDirectory)).pipe(
      Effect.mapError(unconfirmed(path, "removed"))
    )
    return true
  }).pipe(
    Effect.catchTag("Errno", (error) =>
      error.code === "ENOENT" ? Effect.succeed(false) : Effect.fail(toFileError(path, "removed")(error))
    ),
    Effect.uninterruptible
  )

export const make = (ops: DiskOps, timing: LockTiming = protocolTiming): CredentialFilesShape => {
  const disk: Disk = { ops, texts: makeFileTextCache() }
  const locks = makeFileLocks(ops, timing)
  const writing: Writing = { ops, confirm: locks.confirm }
  return {
    read: (path, limit) => read(disk, path, limit?.maxBytes),
    list: (directory) => Effect.suspend(() => list(ops, resolve(directory))),
    write: (path, text, limit) =>
      Effect.suspend(() => replace({ ...writing, maxBytes: limit?.maxBytes }, resolve(path), text)),
    reserve: (path, bytes) => Effect.suspend(() => prepare(writing, resolve(path), bytes)),
    remove: (path) => Effect.suspend(() => removeFile(writing, resolve(path))),
    append: (path, line, limit) => Effect.suspend(() => append({ ops, locks, ...limit }, resolve(path), line)),
    withLock: locks.withLock
  }
}

/** On other calls of the system than Node's, or with other figures: for tests of this layer. */
export const layerWith = (ops: DiskOps, timing: LockTiming = protocolTiming): Layer.Layer<CredentialFiles> =>
  Layer.sync(CredentialFiles, () => make(ops, timing))

/**
 * `CredentialFiles` on the disk, with locks that other processes heed.
 *
 * @example
 * ```ts
 * const store = Layers.configStore.pipe(Layer.provide([diskFiles, nodeLocations]))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<CredentialFiles> = layerWith(nodeOps)
