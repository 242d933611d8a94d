/** The door to the disk, on Node: the one tree of modules that touches `node:fs`. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { dirname, resolve } from "node:path"
import type { FileError } from "../../domain/errors.ts"
import { CredentialFiles, type CredentialFilesShape } from "../../services/CredentialFiles.ts"
import { soon } from "../soon.ts"
import { andThen, type Awaitable, orElse } from "./awaitable.ts"
import { type DiskOps, nodeOps } from "./DiskOps.ts"
import { openExisting, syncDirectory } from "./directories.ts"
import { call, Errno, errno, explain, refusalOrErrno, unconfirmed } from "./failures.ts"
import { realDirectories } from "./guards.ts"
import { makeWithLock } from "./locking.ts"
import { type Disk, readFile } from "./reading.ts"
import { makeRememberedTexts } from "./RememberedTexts.ts"
import { prepare, replace } from "./Replacement.ts"

/** `None` for a file that is not there. */
const textOf = (disk: Disk, path: string, now: number): Awaitable<Option.Option<string>> =>
  orElse(
    () => andThen(readFile(disk, path, now), Option.some),
    (cause) => {
      if (errno(cause).code === "ENOENT") return Option.none()
      throw cause
    }
  )

const notRead =
  (path: string) =>
  (cause: unknown): FileError => {
    const error = refusalOrErrno(cause)
    return error._tag === "FileError" ? error : explain(path, "read")(error)
  }

const read = (disk: Disk, given: string): Effect.Effect<Option.Option<string>, FileError> =>
  Effect.clockWith((clock) => {
    const path = resolve(given)
    return soon(() => textOf(disk, path, clock.unsafeCurrentTimeMillis()), notRead(path))
  })

/** Runs a removal and makes it last. `false` when there was nothing. */
const removeWith = (
  ops: DiskOps,
  path: string,
  removal: Effect.Effect<void, Errno>
): Effect.Effect<boolean, FileError> =>
  Effect.gen(function* () {
    yield* realDirectories(ops, path, "removed")
    yield* removal
    yield* Effect.scoped(Effect.flatMap(openExisting(ops, dirname(path)), syncDirectory)).pipe(
      Effect.mapError(unconfirmed(path, "removed"))
    )
    return true
  }).pipe(
    Effect.catchTag("Errno", (error) =>
      error.code === "ENOENT" ? Effect.succeed(false) : Effect.fail(explain(path, "removed")(error))
    ),
    Effect.uninterruptible
  )

const removeFile = (ops: DiskOps, path: string): Effect.Effect<boolean, FileError> =>
  removeWith(
    ops,
    path,
    call(() => ops.unlink(path))
  )

/** A link is deleted itself; what is neither a link nor a directory is not what was meant. */
const removeDirectory = (ops: DiskOps, path: string): Effect.Effect<boolean, FileError> => {
  const removal = Effect.flatMap(
    call(() => ops.lstat(path)),
    ({ kind }) => {
      if (kind === "link") return call(() => ops.unlink(path))
      return kind === "directory" ? call(() => ops.removeTree(path)) : Effect.fail(new Errno({ code: "ENOTDIR" }))
    }
  )
  return removeWith(ops, path, removal)
}

export const make = (ops: DiskOps): CredentialFilesShape => {
  const disk: Disk = { ops, texts: makeRememberedTexts() }
  return {
    read: (path) => read(disk, path),
    write: (path, text) => Effect.suspend(() => replace(ops, resolve(path), text)),
    reserve: (path, bytes) => Effect.suspend(() => prepare(ops, resolve(path), bytes)),
    remove: (path) => Effect.suspend(() => removeFile(ops, resolve(path))),
    removeDirectory: (path) => Effect.suspend(() => removeDirectory(ops, resolve(path))),
    withLock: makeWithLock(ops)
  }
}

/** On other calls of the system than Node's: for tests of this layer. */
export const layerWith = (ops: DiskOps): Layer.Layer<CredentialFiles> => Layer.sync(CredentialFiles, () => make(ops))

export const layer: Layer.Layer<CredentialFiles> = layerWith(nodeOps)
