/**
 * The twin of the disk that lives in memory: same refusals, same locks, nothing to clean up. A test looks
 * at it, plants files in it and breaks it with `MemoryFilesControl`.
 */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import { moveAside } from "../../domain/hints/fileFixes.ts"
import { FileError, LockLost, LockTimeout } from "../../domain/errors.ts"
import {
  CredentialFiles,
  type CredentialFilesShape,
  defaultLockWait,
  maxBytesOf,
  maxSizeOf
} from "../../services/platform/CredentialFiles.ts"
import { FileInspector } from "../../services/platform/FileInspector.ts"
import { encodeText, reservationUsed, wouldBeTooLarge } from "../../services/platform/texts.ts"
import { makeKeyedMutex } from "../../services/platform/KeyedMutex.ts"
import { makeInspector, namesIn } from "./MemoryInspector.ts"

/**
 * Looks at the files in memory, and makes trouble with them.
 *
 * @example
 * ```ts
 * const files = Effect.flatMap(MemoryFilesControl, (control) => control.snapshot)
 * ```
 * @since 0.1.0
 * @category testing
 */
export class MemoryFilesControl extends Context.Tag("effect-mixpanel/MemoryFilesControl")<
  MemoryFilesControl,
  {
    /** Every file, by path. */
    readonly snapshot: Effect.Effect<Readonly<Record<string, string>>>
    /** Puts a file there as if somebody else had written it: nothing is checked. */
    readonly plant: (path: string, text: string) => Effect.Effect<void>
    /** From now on reading, writing and removing the path fails with this; `null` ends it. */
    readonly obstruct: (path: string, error: FileError | null) => Effect.Effect<void>
    /** Whoever holds the lock of the path finds out at its next step that it was taken from him. */
    readonly loseLock: (path: string) => Effect.Effect<void>
  }
>() {}

interface Memory {
  readonly files: Map<string, string>
  readonly directories: Set<string>
  readonly obstructions: Map<string, FileError>
  readonly locks: Map<string, "held" | "lost">
}

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")))

const put = (memory: Memory, path: string, text: string): void => {
  memory.files.set(path, text)
  for (let parent = parentOf(path); parent !== ""; parent = parentOf(parent)) memory.directories.add(parent)
}

const notAFile = (path: string): FileError =>
  new FileError({
    path,
    problem: "not_a_file",
    reason: "is a directory; a regular file is needed",
    fix: moveAside(path)
  })

const oversize = (path: string): FileError =>
  new FileError({
    path,
    problem: "too_large",
    reason: `is larger than ${maxSizeOf(path)}`,
    fix: moveAside(path)
  })

/** What stands in the way of using `path` as a file. */
const usable = (memory: Memory, path: string): Effect.Effect<void, FileError> =>
  Effect.suspend(() => {
    const obstruction = memory.obstructions.get(path)
    if (obstruction !== undefined) return obstruction
    return memory.directories.has(path) ? notAFile(path) : Effect.void
  })

const read = (memory: Memory, path: string, maxBytes = maxBytesOf(path)) =>
  Effect.flatMap(usable(memory, path), () => {
    const text = memory.files.get(path)
    if (text === undefined) return Effect.succeedNone
    return new TextEncoder().encode(text).byteLength > maxBytes ? oversize(path) : Effect.succeedSome(text)
  })

const write = (memory: Memory, path: string, text: string, maxBytes?: number) =>
  usable(memory, path).pipe(
    Effect.zipRight(encodeText(path, text, maxBytes)),
    Effect.zipRight(confirm(memory, path)),
    Effect.map(() => put(memory, path, text))
  )

const append = (memory: Memory, path: string, line: string, maxBytes = maxBytesOf(path)) =>
  Effect.map(Effect.zipRight(usable(memory, path), encodeText(path, line, maxBytes)), () => {
    const before = memory.files.get(path) ?? ""
    const isFull = new TextEncoder().encode(before + line).byteLength > maxBytes
    if (isFull) put(memory, `${path}.1`, before)
    put(memory, path, isFull ? line : before + line)
  })

const reserve = (memory: Memory, path: string, bytes: number): ReturnType<CredentialFilesShape["reserve"]> =>
  Effect.gen(function* () {
    yield* usable(memory, path)
    if (bytes > maxBytesOf(path)) return yield* wouldBeTooLarge(path)
    const open = yield* Effect.acquireRelease(Ref.make(true), Ref.set(false))
    return {
      commit: (text: string) =>
        Effect.flatMap(Ref.getAndSet(open, false), (first) =>
          first ? write(memory, path, text) : reservationUsed(path)
        )
    }
  })

const remove = (memory: Memory, path: string): Effect.Effect<boolean, FileError | LockLost> =>
  usable(memory, path).pipe(
    Effect.zipRight(confirm(memory, path)),
    Effect.map(() => memory.files.delete(path))
  )

/** Fails when the lock of the file is held here, and was lost. */
const confirm = ({ locks }: Memory, path: string): Effect.Effect<void, LockLost> =>
  Effect.suspend(() => (locks.get(path) === "lost" ? new LockLost({ path, errno: null }) : Effect.void))

/** Removes the directory of a file, unless something else is in it. */
const removeDirectoryOf = (memory: Memory, path: string): Effect.Effect<ReadonlyArray<string>, LockLost> =>
  Effect.map(confirm(memory, path), () => {
    const directory = parentOf(path)
    const left = namesIn(memory, directory)
    if (left.length === 0) memory.directories.delete(directory)
    return left
  })

const makeWithLock = (memory: Memory): CredentialFilesShape["withLock"] => {
  const mutex = makeKeyedMutex()
  return (path, options) => (use) =>
    Effect.uninterruptibleMask((restore) => {
      const wait = options?.wait ?? defaultLockWait
      const timeout = new LockTimeout({ path, waitedMillis: Duration.toMillis(wait), holder: null })
      const lock = { confirm: confirm(memory, path), removeDirectory: removeDirectoryOf(memory, path) }
      return Effect.acquireUseRelease(
        Effect.map(
          Effect.filterOrFail(
            mutex.acquire(path, wait, restore),
            (mine) => mine,
            () => timeout
          ),
          () => memory.locks.set(path, "held")
        ),
        () => restore(Effect.suspend(() => use(lock))),
        () =>
          Effect.suspend(() => {
            memory.locks.delete(path)
            return mutex.release(path)
          })
      )
    })
}

const makeFiles = (memory: Memory): CredentialFilesShape => ({
  read: (path, limit) => read(memory, path, limit?.maxBytes),
  list: (directory) => Effect.sync(() => namesIn(memory, directory)),
  write: (path, text, limit) => write(memory, path, text, limit?.maxBytes),
  reserve: (path, bytes) => reserve(memory, path, bytes),
  remove: (path) => remove(memory, path),
  append: (path, line, limit) => append(memory, path, line, limit?.maxBytes),
  withLock: makeWithLock(memory)
})

const makeControl = (memory: Memory): Context.Tag.Service<MemoryFilesControl> => ({
  snapshot: Effect.sync(() => Object.fromEntries(memory.files)),
  plant: (path, text) => Effect.sync(() => put(memory, path, text)),
  obstruct: (path, error) =>
    Effect.sync(() => {
      if (error === null) memory.obstructions.delete(path)
      else memory.obstructions.set(path, error)
    }),
  loseLock: (path) =>
    Effect.sync(() => {
      if (memory.locks.has(path)) memory.locks.set(path, "lost")
    })
})

/** Files that are there from the start, by absolute path. Every build of the layer has its own memory. */
export const layerWith = (
  initial: Readonly<Record<string, string>>
): Layer.Layer<CredentialFiles | FileInspector | MemoryFilesControl> =>
  Layer.effectContext(
    Effect.sync(() => {
      const memory: Memory = { files: new Map(), directories: new Set(), obstructions: new Map(), locks: new Map() }
      for (const [path, text] of Object.entries(initial)) put(memory, path, text)
      return Context.make(CredentialFiles, makeFiles(memory)).pipe(
        Context.add(FileInspector, makeInspector(memory)),
        Context.add(MemoryFilesControl, makeControl(memory))
      )
    })
  )

export const layer: Layer.Layer<CredentialFiles | FileInspector | MemoryFilesControl> = layerWith({})
