/**
 * How a file changes: a temporary one beside it takes the place on the disk, is filled and synced, gets the
 * name in one step, and the directory is synced. Whoever looks sees the whole old or the whole new one.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Ref from "effect/Ref"
import * as Scope from "effect/Scope"
import { dirname } from "node:path"
import type { FileError, LockLost } from "../../../domain/errors.ts"
import { type FileReservation, maxBytesOf } from "../../../services/platform/CredentialFiles.ts"
import { type DirectoryHandle, type DiskHandle, type DiskOps, openFlags } from "./DiskOps.ts"
import { closeQuietly, openDirectory, syncDirectory } from "./directories.ts"
import { call, Errno, toFileError, unconfirmed } from "./failures.ts"
import { replaceable } from "./guards.ts"
import { sweep, temporaryName } from "./temporaries.ts"
import { encodeText, reservationUsed, wouldBeTooLarge } from "../../../services/platform/texts.ts"

/** What is asked last before a file changes: whether the lock under which it does is still held. */
type Confirm = (path: string) => Effect.Effect<void, LockLost>

export interface Writing {
  readonly ops: DiskOps
  readonly confirm: Confirm
  /** How large the file may become, where that is not what all may. */
  readonly maxBytes?: number | undefined
}

interface Temporary {
  readonly name: string
  readonly handle: DiskHandle
  /** False as soon as the name belongs to the target. */
  readonly leftover: Ref.Ref<boolean>
}

/** An unlink that fails leaves what the next write sweeps; what led here is told already. */
const discard = (ops: DiskOps, { handle, leftover, name }: Temporary): Effect.Effect<void> =>
  closeQuietly(handle).pipe(
    Effect.zipRight(Ref.get(leftover)),
    Effect.flatMap((present) => (present ? Effect.ignore(call(() => ops.unlink(name))) : Effect.void))
  )

const openTemporary = (ops: DiskOps, target: string): Effect.Effect<Temporary, Errno, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.gen(function* () {
      const name = yield* temporaryName(ops, target)
      const leftover = yield* Ref.make(true)
      const handle = yield* call(() => ops.open(name, openFlags.create, 0o600))
      return { name, handle, leftover }
    }),
    (temporary) => discard(ops, temporary)
  )

const writeAll = (handle: DiskHandle, bytes: Uint8Array): Effect.Effect<void, Errno> =>
  Effect.gen(function* () {
    let done = 0
    while (done < bytes.byteLength) {
      const rest = bytes.subarray(done)
      const moved = yield* call(() => handle.write(rest, done))
      if (moved === 0) return yield* Effect.fail(new Errno({ code: "EIO" }))
      done += moved
    }
  })

const takePlace = (handle: DiskHandle, bytes: number): Effect.Effect<void, Errno> =>
  Effect.gen(function* () {
    yield* call(() => handle.chmod(0o600))
    if (bytes === 0) return
    yield* writeAll(handle, new Uint8Array(bytes))
    yield* call(() => handle.sync())
  })

const fill = (handle: DiskHandle, bytes: Uint8Array): Effect.Effect<void, Errno> =>
  writeAll(handle, bytes).pipe(
    Effect.zipRight(call(() => handle.truncate(bytes.byteLength))),
    Effect.zipRight(call(() => handle.sync()))
  )

const commitTo = (
  { confirm, maxBytes, ops }: Writing,
  target: string,
  directory: DirectoryHandle,
  temporary: Temporary
) =>
  Effect.fnUntraced(function* (text: string) {
    const content = yield* encodeText(target, text, maxBytes)
    yield* Effect.mapError(fill(temporary.handle, content), toFileError(target, "written"))
    yield* confirm(target)
    yield* Effect.mapError(
      call(() => ops.rename(temporary.name, target)),
      toFileError(target, "written")
    )
    yield* Ref.set(temporary.leftover, false)
    yield* Effect.mapError(syncDirectory(directory), unconfirmed(target, "replaced"))
    yield* sweep(ops, dirname(target))
  })

const takeOnce = (target: string, usable: Ref.Ref<boolean>): Effect.Effect<void, FileError> =>
  Effect.flatMap(Ref.getAndSet(usable, false), (first) => (first ? Effect.void : reservationUsed(target)))

const build = (writing: Writing, target: string, bytes: number) =>
  Effect.gen(function* () {
    const { ops } = writing
    yield* replaceable(ops, target)
    const directory = yield* openDirectory(ops, dirname(target))
    const temporary = yield* openTemporary(ops, target)
    yield* takePlace(temporary.handle, bytes)
    const usable = yield* Effect.acquireRelease(Ref.make(true), Ref.set(false))
    const commit = commitTo(writing, target, directory, temporary)
    return {
      commit: (text: string) => Effect.uninterruptible(Effect.zipRight(takeOnce(target, usable), commit(text)))
    }
  }).pipe(Effect.catchTag("Errno", (error) => Effect.fail(toFileError(target, "written")(error))))

/** All or nothing: what was opened before a failure is gone again before the failure is told. */
export const prepare = (
  writing: Writing,
  target: string,
  bytes: number
): Effect.Effect<FileReservation, FileError, Scope.Scope> => {
  const attempt = Effect.gen(function* () {
    const scope = yield* Scope.make()
    const replacement = yield* build(writing, target, bytes).pipe(
      Scope.extend(scope),
      Effect.onError((cause) => Scope.close(scope, Exit.failCause(cause)))
    )
    return { replacement, scope }
  })
  if (bytes > maxBytesOf(target)) return wouldBeTooLarge(target)
  return Effect.acquireRelease(attempt, ({ scope }, exit) => Scope.close(scope, exit)).pipe(
    Effect.map(({ replacement }) => replacement)
  )
}

export const replace = (writing: Writing, target: string, text: string): Effect.Effect<void, FileError | LockLost> =>
  encodeText(target, text, writing.maxBytes).pipe(
    Effect.zipRight(prepare(writing, target, 0)),
    Effect.flatMap(({ commit }) => commit(text)),
    Effect.scoped,
    Effect.uninterruptible
  )
