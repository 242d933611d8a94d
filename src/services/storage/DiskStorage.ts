/**
 * Entries as files of this machine: a version is the digest of the text, a claim is the lock of the file and the place for
 * its next content. What a program writes that takes no lock is noticed, and is not written over.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { StorageError, StorageOperation, Superseded } from "../../domain/storage/StorageError.ts"
import type { CredentialFiles } from "../platform/CredentialFiles.ts"
import type { Crypto } from "../platform/Crypto.ts"
import type { Locations } from "../platform/Locations.ts"
import { CredentialStorage, type Entry, type Expected } from "./CredentialStorage.ts"
import { claim } from "./diskClaim.ts"
import { type At, at, disk, entryAt, expecting, failed, reading, storedEntry } from "./diskEntries.ts"
import { isLocked, keysOn } from "./diskKeys.ts"

/** Runs a step under the lock of the file; what fails in it is told apart from what fails around it. */
const locked = <A, E, R>(
  { files, key, path }: At,
  operation: StorageOperation,
  step: Effect.Effect<A, E, R>
): Effect.Effect<A, E | StorageError, R> =>
  files
    .withLock(path)(() => Effect.either(step))
    .pipe(Effect.mapError(failed(operation, key)), Effect.flatten)

/** Caches are written as they are, and leave no lock behind. */
const put = (place: At, value: string, expected: Expected): Effect.Effect<Entry, StorageError | Superseded> => {
  const step = Effect.mapError(
    Effect.zipRight(expecting(place, expected, value), place.files.write(place.path, value)),
    (error) => (error._tag === "Superseded" ? error : failed("put", place.key)(error))
  )
  const isFree = expected === "any" && !isLocked(place.key)
  return Effect.zipRight(isFree ? step : locked(place, "put", step), storedEntry(place, value))
}

const remove = (place: At, expected: Expected): Effect.Effect<boolean, StorageError | Superseded> => {
  const step = Effect.mapError(
    expected === "any"
      ? place.files.remove(place.path)
      : Effect.flatMap(entryAt(place), (found) =>
          Option.isNone(found)
            ? Effect.succeed(false)
            : Effect.zipRight(expecting(place, expected), place.files.remove(place.path))
        ),
    (error) => (error._tag === "Superseded" ? error : failed("remove", place.key)(error))
  )
  return expected === "any" && !isLocked(place.key) ? step : locked(place, "remove", step)
}

export const make = Effect.gen(function* () {
  const onDisk = yield* disk
  const { files, locations } = onDisk
  return CredentialStorage.make({
    ...reading(onDisk),
    put: (key, value, { expected }) => at(onDisk, "put", key, (place) => put(place, value, expected)),
    remove: (key, expected) => at(onDisk, "remove", key, (place) => remove(place, expected)),
    list: (prefix) =>
      Stream.unwrap(
        Effect.mapBoth(keysOn(files, locations), {
          onFailure: failed("list", null),
          onSuccess: (keys) => Stream.fromIterable(keys.filter((key) => key.startsWith(prefix)))
        })
      ),
    claim: (key, version, how = {}) => at(onDisk, "claim", key, (place) => claim(place, version, how)),
    update: (key, edit) =>
      at(onDisk, "put", key, (place) =>
        locked(
          place,
          "put",
          Effect.gen(function* () {
            const found = yield* Effect.mapError(entryAt(place), failed("get", key))
            const [result, value] = yield* edit(Option.map(found, (entry) => entry.value))
            if (Option.isSome(value)) {
              yield* Effect.mapError(files.write(place.path, value.value), failed("put", key))
            }
            return result
          })
        )
      )
  })
})

/**
 * Over the files of `CredentialFiles`, where `Locations` has them.
 *
 * @example
 * ```ts
 * const diskStorage = Layers.diskStorage.pipe(Layer.provide(layer))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<CredentialStorage, never, CredentialFiles | Crypto | Locations> = Layer.effect(
  CredentialStorage,
  make
)
