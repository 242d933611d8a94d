/** The door to the disk, on Node: the one tree of modules that touches `node:fs`. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import { dirname, resolve } from "node:path"
import type { FileError } from "../../domain/errors.ts"
import { CredentialFiles, type CredentialFilesShape, maxFileBytes } from "../../services/CredentialFiles.ts"
import { type DiskHandle, type DiskOps, type FileFacts, nodeOps, openFlags } from "./DiskOps.ts"
import { closeQuietly, openExisting, syncDirectory } from "./directories.ts"
import { call, Errno, explain, unconfirmed } from "./failures.ts"
import { notText, privateFile, realDirectories, tooLarge } from "./guards.ts"
import { makeWithLock } from "./locking.ts"
import { makeRememberedTexts, type RememberedText, type RememberedTexts } from "./RememberedTexts.ts"
import { prepare, replace } from "./Replacement.ts"

/** Up to one byte more than is allowed: a file may have grown since it was measured. */
const readBytes = (handle: DiskHandle, size: number): Effect.Effect<Uint8Array, Errno> =>
  Effect.gen(function* () {
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

/** The coarsest tick of a file system's clock, in milliseconds. */
const coarsestTick = 2_000

/**
 * Whether what was read is all that this version of the file will ever say: it stayed the same meanwhile, and its
 * last change is so long ago that no other one can have happened, or still happen, in the same tick.
 */
const isSettled = (handle: DiskHandle, before: FileFacts): Effect.Effect<boolean, Errno> =>
  Effect.flatMap(Clock.currentTimeMillis, (now) =>
    now - Math.max(before.modifiedMillis, before.changedMillis) > coarsestTick
      ? Effect.map(
          call(() => handle.stat()),
          ({ version }) => version === before.version
        )
      : Effect.succeed(false)
  )

const readText = (path: string, handle: DiskHandle, size: number): Effect.Effect<string, Errno | FileError> =>
  Effect.flatMap(readBytes(handle, size), (bytes) =>
    bytes.byteLength > maxFileBytes ? tooLarge(path) : decode(path, bytes)
  )

interface Disk {
  readonly ops: DiskOps
  readonly texts: RememberedTexts
}

/** What is remembered is used only after every check of the opened file. */
const readOpened = (
  { ops, texts }: Disk,
  path: string,
  handle: DiskHandle,
  remembered: RememberedText | undefined
): Effect.Effect<string, Errno | FileError> =>
  Effect.gen(function* () {
    const found = yield* call(() => handle.stat())
    yield* privateFile(path, found, ops.machine.uid())
    if (remembered?.version === found.version) {
      texts.put(path, remembered)
      return remembered.text
    }
    const text = yield* readText(path, handle, found.size)
    if (yield* isSettled(handle, found)) texts.put(path, { version: found.version, text })
    return text
  })

/** Takes what is remembered before anything can fail: what is refused, or gone, is not remembered any longer. */
const read = (disk: Disk, path: string): Effect.Effect<Option.Option<string>, FileError> => {
  const remembered = disk.texts.take(path)
  return realDirectories(disk.ops, path, "read").pipe(
    Effect.zipRight(
      Effect.acquireUseRelease(
        call(() => disk.ops.open(path, openFlags.read, 0)),
        (handle) => readOpened(disk, path, handle, remembered),
        closeQuietly
      )
    ),
    Effect.asSome,
    Effect.catchTag("Errno", (error) =>
      error.code === "ENOENT" ? Effect.succeedNone : Effect.fail(explain(path, "read")(error))
    )
  )
}

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
  const disk = { ops, texts: makeRememberedTexts() }
  return {
    read: (path) => Effect.suspend(() => read(disk, resolve(path))),
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
