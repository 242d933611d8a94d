/** Entries as files of this machine, for whoever looks at them only: a version is the digest of the text. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { textDigest } from "../../domain/internal/textDigest.ts"
import type { FileError, LockError } from "../../domain/errors.ts"
import { StorageError, type StorageOperation, Superseded } from "../../domain/storage/StorageError.ts"
import { CredentialFiles, type CredentialFilesShape } from "../platform/CredentialFiles.ts"
import { Locations } from "../platform/Locations.ts"
import { CredentialStorage, type CredentialStorageShape, type Entry, type Expected } from "./CredentialStorage.ts"
import { pathOf } from "./diskKeys.ts"

const store = "the files of this machine"

export const failed =
  (operation: StorageOperation, key: string | null) =>
  (cause: FileError | LockError): StorageError =>
    new StorageError({
      operation,
      key,
      store,
      reason: cause.message,
      temporary: cause._tag !== "FileError",
      cause
    })

export interface Disk {
  readonly files: CredentialFilesShape
  readonly locations: Locations["Type"]
}

export interface At extends Disk {
  readonly key: string
  readonly path: string
}

export const at = <A, E, R>(
  disk: Disk,
  operation: StorageOperation,
  key: string,
  use: (at: At) => Effect.Effect<A, E, R>
): Effect.Effect<A, E | StorageError, R> =>
  Effect.flatMap(
    Effect.mapError(pathOf(disk.locations, key), failed(operation, key)),
    (path): Effect.Effect<A, E | StorageError, R> =>
      path === null
        ? new StorageError({ operation, key, store, reason: "it is no name of an entry on disk", temporary: false })
        : use({ ...disk, key, path })
  )

export const entryAt = (
  { files, path }: At,
  limit?: { readonly maxBytes: number }
): Effect.Effect<Option.Option<Entry>, FileError> => Effect.map(files.read(path, limit), Option.map(asEntry))

/** Fails where the entry is another one than is expected; a text that is to be stored may be there already. */
export const expecting = (
  place: At,
  expected: Expected,
  next?: string
): Effect.Effect<void, FileError | Superseded> => {
  // What cannot be read can be replaced all the same.
  if (expected === "any") return Effect.void
  return Effect.flatMap(entryAt(place), (found) => {
    if (Option.exists(found, ({ value }) => value === next)) return Effect.void
    const holds =
      expected === "absent" ? Option.isNone(found) : Option.exists(found, ({ version }) => version === expected.version)
    return holds ? Effect.void : new Superseded({ key: place.key })
  })
}

/** Who only looks at an entry does not pay for its version. */
export const asEntry = (value: string): Entry => ({
  value,
  get version() {
    return textDigest(value)
  }
})

export const disk: Effect.Effect<Disk, never, CredentialFiles | Locations> = Effect.all({
  files: CredentialFiles,
  locations: Locations
})

export const reading = (disk: Disk): Pick<CredentialStorageShape, "isShared" | "get" | "now" | "describe"> => ({
  isShared: false,
  get: (key) => at(disk, "get", key, (place) => Effect.mapError(entryAt(place), failed("get", key))),
  now: Clock.currentTimeMillis,
  describe: (key) =>
    Effect.match(pathOf(disk.locations, key), { onFailure: ({ path }) => path, onSuccess: (path) => path ?? key })
})

const elsewhere = () => {
  throw new Error("This process only looks at what is stored.")
}

/** For a process that changes nothing, and need not load what changes take. */
export const makeForReading: Effect.Effect<CredentialStorageShape, never, CredentialFiles | Locations> = Effect.map(
  disk,
  (disk) =>
    CredentialStorage.of({
      ...reading(disk),
      put: elsewhere,
      remove: elsewhere,
      update: elsewhere,
      claim: elsewhere,
      list: elsewhere
    })
)
