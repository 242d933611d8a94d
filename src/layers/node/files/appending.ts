/** Lines at the end of a file that many processes write to at once, and the file put aside when it is full. */
import * as Effect from "effect/Effect"
import { dirname } from "node:path"
import type { FileError, LockError } from "../../../domain/errors.ts"
import { maxBytesOf } from "../../../services/platform/CredentialFiles.ts"
import { encodeText } from "../../../services/platform/texts.ts"
import { type DiskOps, openFlags } from "./DiskOps.ts"
import { closeQuietly, openDirectory } from "./directories.ts"
import { call, Errno, isCode, toFileError } from "./failures.ts"
import { realDirectories, refusedPrivateFile, tooLarge } from "./guards.ts"
import type { FileLocks } from "./lock/fileLocks.ts"

interface Appending {
  readonly ops: DiskOps
  readonly locks: FileLocks
  readonly maxBytes?: number
}

/** Whoever waits longer for the file to be put aside writes to it as it is. */
const longestWait = "2 seconds"

const opened = (ops: DiskOps, path: string) =>
  Effect.acquireRelease(
    call(() => ops.open(path, openFlags.append, 0o600)),
    closeQuietly
  )

/** Any umask may have made an empty file; one with content says itself who may read it. */
const whole = (ops: DiskOps, path: string, bytes: Uint8Array, most: number) =>
  Effect.gen(function* () {
    const handle = yield* opened(ops, path)
    const found = yield* call(() => handle.stat())
    const isNew = found.kind === "file" && found.size === 0 && found.uid === (ops.host.uid() ?? found.uid)
    if (isNew && found.mode !== 0o600) yield* call(() => handle.chmod(0o600))
    const facts = isNew ? { ...found, mode: 0o600 } : found
    const refused = refusedPrivateFile(path, facts, ops.host.uid(), Number.POSITIVE_INFINITY)
    if (refused !== undefined) return yield* refused
    if (facts.size > 0 && facts.size + bytes.byteLength > most) return false
    // One call: the system puts it at the end as it is then, whoever else writes.
    const moved = yield* call(() => handle.write(bytes, null))
    return moved === bytes.byteLength ? true : yield* Effect.fail(new Errno({ code: "EIO" }))
  }).pipe(Effect.scoped, Effect.uninterruptible)

/** Whoever had the lock before may have done it. */
const putAside = (ops: DiskOps, path: string, confirm: Effect.Effect<void, LockError>, room: number) =>
  Effect.gen(function* () {
    const { size } = yield* call(() => ops.lstat(path))
    if (size <= room) return
    yield* confirm
    yield* call(() => ops.rename(path, `${path}.1`))
  })

const appendTo = ({ locks, maxBytes, ops }: Appending, path: string, bytes: Uint8Array) =>
  Effect.gen(function* () {
    const most = maxBytes ?? maxBytesOf(path)
    const add = (limit: number) =>
      Effect.zipRight(realDirectories(ops, path, "written"), whole(ops, path, bytes, limit)).pipe(
        Effect.catchIf(isCode("ENOENT"), () =>
          Effect.zipRight(Effect.scoped(openDirectory(ops, dirname(path))), whole(ops, path, bytes, limit))
        )
      )
    if (yield* add(most)) return
    yield* locks
      .withLock(path, { wait: longestWait })(({ confirm }) => putAside(ops, path, confirm, most - bytes.byteLength))
      .pipe(Effect.ignore)
    if (!(yield* add(2 * most))) yield* tooLarge(path)
  })

/** Adds a line; a file that it would make too large becomes `PATH.1` first. */
export const append = (appending: Appending, path: string, line: string): Effect.Effect<void, FileError> =>
  Effect.flatMap(encodeText(path, line, appending.maxBytes), (bytes) => appendTo(appending, path, bytes)).pipe(
    Effect.catchTag("Errno", (error) => Effect.fail(toFileError(path, "written")(error)))
  )
