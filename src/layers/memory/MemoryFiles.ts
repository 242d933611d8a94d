/**
 * The twin of the disk that lives in memory: same refusals, same locks, nothing to clean up. A test looks
 * at it, plants files in it and breaks it with `MemoryFilesControl`.
 */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import { command } from "../../domain/Command.ts"
import { moveAside } from "../../domain/fileFixes.ts"
import { FileError, LockTimeout } from "../../domain/errors.ts"
import {
  CredentialFiles,
  type CredentialFilesShape,
  defaultLockWait,
  maxFileBytes
} from "../../services/CredentialFiles.ts"
import { FileInspector } from "../../services/FileInspector.ts"
import { encodeText, reservationUsed, wouldBeTooLarge } from "../disk/texts.ts"
import { makeTurnstile } from "../disk/Turnstile.ts"
import { makeInspector } from "./MemoryInspector.ts"

export class MemoryFilesControl extends Context.Tag("effect-mixpanel/MemoryFilesControl")<
  MemoryFilesControl,
  {
    /** Every file, by path. */
    readonly snapshot: Effect.Effect<Readonly<Record<string, string>>>
    /** Puts a file there as if somebody else had written it: nothing is checked. */
    readonly plant: (path: string, text: string) => Effect.Effect<void>
    /** From now on reading, writing and removing the path fails with this; `null` ends it. */
    readonly obstruct: (path: string, error: FileError | null) => Effect.Effect<void>
  }
>() {}

interface Memory {
  readonly files: Map<string, string>
  readonly directories: Set<string>
  readonly obstructions: Map<string, FileError>
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

const notADirectory = (path: string): FileError =>
  new FileError({
    path,
    problem: "not_a_file",
    reason: "is not a directory",
    fix: command`ls -ld ${path}`
  })

const oversize = (path: string): FileError =>
  new FileError({
    path,
    problem: "too_large",
    reason: "is larger than 1 MiB",
    fix: moveAside(path)
  })

/** What stands in the way of using `path` as a file. */
const usable = (memory: Memory, path: string): Effect.Effect<void, FileError> =>
  Effect.suspend(() => {
    const obstruction = memory.obstructions.get(path)
    if (obstruction !== undefined) return obstruction
    return memory.directories.has(path) ? notAFile(path) : Effect.void
  })

const read = (memory: Memory, path: string): Effect.Effect<Option.Option<string>, FileError> =>
  Effect.flatMap(usable(memory, path), () => {
    const text = memory.files.get(path)
    if (text === undefined) return Effect.succeedNone
    return new TextEncoder().encode(text).byteLength > maxFileBytes ? oversize(path) : Effect.succeedSome(text)
  })

const write = (memory: Memory, path: string, text: string): Effect.Effect<void, FileError> =>
  usable(memory, path).pipe(
    Effect.zipRight(encodeText(path, text)),
    Effect.map(() => put(memory, path, text))
  )

const reserve = (memory: Memory, path: string, bytes: number): ReturnType<CredentialFilesShape["reserve"]> =>
  Effect.gen(function* () {
    yield* usable(memory, path)
    if (bytes > maxFileBytes) return yield* wouldBeTooLarge(path)
    const open = yield* Effect.acquireRelease(Ref.make(true), Ref.set(false))
    return {
      commit: (text: string) =>
        Effect.flatMap(Ref.getAndSet(open, false), (first) =>
          first ? write(memory, path, text) : reservationUsed(path)
        )
    }
  })

const remove = (memory: Memory, path: string): Effect.Effect<boolean, FileError> =>
  Effect.map(usable(memory, path), () => memory.files.delete(path))

const removeDirectory = (memory: Memory, path: string): Effect.Effect<boolean, FileError> =>
  Effect.suspend(() => {
    const obstruction = memory.obstructions.get(path)
    if (obstruction !== undefined) return obstruction
    if (memory.files.has(path)) return notADirectory(path)
    const inside = `${path}/`
    for (const file of memory.files.keys()) if (file.startsWith(inside)) memory.files.delete(file)
    for (const directory of memory.directories) if (directory.startsWith(inside)) memory.directories.delete(directory)
    return Effect.succeed(memory.directories.delete(path))
  })

const makeWithLock = (): CredentialFilesShape["withLock"] => {
  const turnstile = makeTurnstile()
  return (path, options) => (effect) =>
    Effect.uninterruptibleMask((restore) => {
      const wait = options?.wait ?? defaultLockWait
      const timeout = new LockTimeout({ path, waitedMillis: Duration.toMillis(wait) })
      return Effect.acquireUseRelease(
        Effect.filterOrFail(
          turnstile.enter(path, wait, restore),
          (mine) => mine,
          () => timeout
        ),
        () => restore(effect),
        () => turnstile.leave(path)
      )
    })
}

const makeFiles = (memory: Memory): CredentialFilesShape => ({
  read: (path) => read(memory, path),
  write: (path, text) => write(memory, path, text),
  reserve: (path, bytes) => reserve(memory, path, bytes),
  remove: (path) => remove(memory, path),
  removeDirectory: (path) => removeDirectory(memory, path),
  withLock: makeWithLock()
})

const makeControl = (memory: Memory): Context.Tag.Service<MemoryFilesControl> => ({
  snapshot: Effect.sync(() => Object.fromEntries(memory.files)),
  plant: (path, text) => Effect.sync(() => put(memory, path, text)),
  obstruct: (path, error) =>
    Effect.sync(() => {
      if (error === null) memory.obstructions.delete(path)
      else memory.obstructions.set(path, error)
    })
})

/** Files that are there from the start, by absolute path. Every build of the layer has its own memory. */
export const layerWith = (
  initial: Readonly<Record<string, string>>
): Layer.Layer<CredentialFiles | FileInspector | MemoryFilesControl> =>
  Layer.effectContext(
    Effect.sync(() => {
      const memory: Memory = { files: new Map(), directories: new Set(), obstructions: new Map() }
      for (const [path, text] of Object.entries(initial)) put(memory, path, text)
      return Context.make(CredentialFiles, makeFiles(memory)).pipe(
        Context.add(FileInspector, makeInspector(memory)),
        Context.add(MemoryFilesControl, makeControl(memory))
      )
    })
  )

/** No files at first. */
export const layer: Layer.Layer<CredentialFiles | FileInspector | MemoryFilesControl> = layerWith({})
