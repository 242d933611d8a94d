/** The door to the disk, on Node: the one tree of modules that touches `node:fs`. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import { dirname, resolve } from "node:path"
import type { FileError } from "../../domain/errors.ts"
import { CredentialFiles, type CredentialFilesShape, maxFileBytes } from "../../services/CredentialFiles.ts"
import { type DiskHandle, type DiskOps, nodeOps, openFlags } from "./DiskOps.ts"
import { closeQuietly, openExisting, syncDirectory } from "./directories.ts"
import { call, Errno, explain, unconfirmed } from "./failures.ts"
import { notText, privateFile, realDirectories, tooLarge } from "./guards.ts"
import { makeWithLock } from "./locking.ts"
import { prepare, replace } from "./Replacement.ts"

/** Up to one byte more than is allowed: a file may have grown since it was measured. */
const readBytes = (handle: DiskHandle): Effect.Effect<Uint8Array, Errno> =>
  Effect.gen(function* () {
    const { size } = yield* call(() => handle.stat())
    let bytes = new Uint8Array(Math.min(size, maxFileBytes) + 1)
    let length = 0
    for (;;) {
      const moved = yield* call(() => handle.read(bytes.subarray(length), length))
      length += moved
      if (moved === 0 || length > maxFileBytes) return bytes.subarray(0, length)
      if (length === bytes.byteLength) {
        const larger = new Uint8Array(Math.min(length * 2, maxFileBytes + 1))
        larger.set(bytes)
        bytes = larger
      }
    }
  })

/** A byte order mark is kept: whoever parses the text can say that it is there. */
const decode = (path: string, bytes: Uint8Array): Effect.Effect<string, FileError> =>
  Effect.try({
    try: () => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes),
    catch: () => notText(path)
  })

const readOpened = (ops: DiskOps, path: string, handle: DiskHandle): Effect.Effect<string, Errno | FileError> =>
  Effect.gen(function* () {
    yield* privateFile(path, yield* call(() => handle.stat()), ops.machine.uid())
    const bytes = yield* readBytes(handle)
    return yield* bytes.byteLength > maxFileBytes ? tooLarge(path) : decode(path, bytes)
  })

const read = (ops: DiskOps, path: string): Effect.Effect<Option.Option<string>, FileError> =>
  realDirectories(ops, path, "read").pipe(
    Effect.zipRight(
      Effect.acquireUseRelease(
        call(() => ops.open(path, openFlags.read, 0)),
        (handle) => readOpened(ops, path, handle),
        closeQuietly
      )
    ),
    Effect.asSome,
    Effect.catchTag("Errno", (error) =>
      error.code === "ENOENT" ? Effect.succeedNone : Effect.fail(explain(path, "read")(error))
    )
  )

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
      return kind === "directory" ? call(() => ops.removeTree(path)) : new Errno({ code: "ENOTDIR" })
    }
  )
  return removeWith(ops, path, removal)
}

export const make = (ops: DiskOps): CredentialFilesShape => ({
  read: (path) => Effect.suspend(() => read(ops, resolve(path))),
  write: (path, text) => Effect.suspend(() => replace(ops, resolve(path), text)),
  reserve: (path, bytes) => Effect.suspend(() => prepare(ops, resolve(path), bytes)),
  remove: (path) => Effect.suspend(() => removeFile(ops, resolve(path))),
  removeDirectory: (path) => Effect.suspend(() => removeDirectory(ops, resolve(path))),
  withLock: makeWithLock(ops)
})

/** On other calls of the system than Node's: for tests of this layer. */
export const layerWith = (ops: DiskOps): Layer.Layer<CredentialFiles> => Layer.sync(CredentialFiles, () => make(ops))

export const layer: Layer.Layer<CredentialFiles> = layerWith(nodeOps)
