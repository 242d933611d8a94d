/**
 * Entries as files of this machine: a version is the digest of the text, a claim is the lock of the file and the place for
 * its next content. What a program writes that takes no lock is noticed, and is not written over.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { bytesOf } from "../../domain/config/configSize.ts"
import type { StorageError, StorageOperation, Superseded } from "../../domain/storage/StorageError.ts"
import { type CredentialFiles, maxBytesOf } from "../platform/CredentialFiles.ts"
import type { Locations } from "../platform/Locations.ts"
import { CredentialStorage, type Entry, type Expected } from "./CredentialStorage.ts"
import { claim } from "./diskClaim.ts"
import { orGivenBack } from "./makeCredentialStorage.ts"
import { type At, asEntry, at, disk, entryAt, expecting, failed, reading } from "./diskEntries.ts"
import { isLocked, limitOf } from "./diskKeys.ts"
import { keysOn } from "./keysOnDisk.ts"

/** Runs a step under the lock of the file; what fails in it is told apart from what fails around it. */
const locked = <A, E, R>({ files, key, path }: At, operation: StorageOperation, step: Effect.Effect<A, E, R>) =>
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
  return Effect.as(isFree ? step : locked(place, "put", step), asEntry(value))
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
  return CredentialStorage.of({
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
    claim: (key, version, how = {}) => orGivenBack(at(onDisk, "claim", key, (place) => claim(place, version, how))),
    update: (key, edit) =>
      at(onDisk, "put", key, (place) =>
        locked(
          place,
          "put",
          Effect.gen(function* () {
            const found = yield* Effect.mapError(entryAt(place, limitOf(key)), failed("get", key))
            const held = Option.map(found, (entry) => entry.value)
            const [result, value] = yield* edit(held)
            if (Option.isSome(value)) {
              const maxBytes = Math.max(
                maxBytesOf(place.path),
                Option.match(held, { onNone: () => 0, onSome: bytesOf }) - 1
              )
              yield* Effect.mapError(files.write(place.path, value.value, { maxBytes }), failed("put", key))
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
export const layer: Layer.Layer<CredentialStorage, never, CredentialFiles | Locations> = Layer.effect(
  CredentialStorage,
  make
)
