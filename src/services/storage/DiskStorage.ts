/**
 * Entries as files of this machine: a version is the digest of the text, a claim is the lock of the file and the place for
 * its next content. What a program writes that takes no lock is noticed, and is not written over.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { type FileError, holderText, type LockError, type LockLost } from "../../domain/errors.ts"
import { Claimed, type StorageError, type StorageOperation, Superseded } from "../../domain/storage/StorageError.ts"
import type { CredentialFiles, FileLock } from "../platform/CredentialFiles.ts"
import type { Crypto } from "../platform/Crypto.ts"
import type { Locations } from "../platform/Locations.ts"
import { type Claim, CredentialStorage, type Entry, type Expected } from "./CredentialStorage.ts"
import { type At, at, disk, entryAt, failed, reading } from "./diskEntries.ts"
import { isLocked, keysOn } from "./diskKeys.ts"

/** More than any set of tokens takes (16 KiB). */
const reservedBytes = 16_384

/** How long a claim waits for the lock before it says who has it. Several such waits add up to what one would know. */
const claimWait = "250 millis"

/** After this long without a sign of life a holder elsewhere is taken for dead. */
const leaseMillis = 20_000

/** Fails where the entry is another one than is expected; a text that is to be stored may be there already. */
const expecting = (place: At, expected: Expected, next?: string): Effect.Effect<void, FileError | Superseded> =>
  Effect.flatMap(entryAt(place), (found) => {
    if (expected === "any" || Option.exists(found, ({ value }) => value === next)) return Effect.void
    const holds =
      expected === "absent" ? Option.isNone(found) : Option.exists(found, ({ version }) => version === expected.version)
    return holds ? Effect.void : new Superseded({ key: place.key })
  })

/** Runs a step under the lock of the file; what fails in it is told apart from what fails around it. */
const locked = <A, E, R>(
  { files, key, path }: At,
  operation: StorageOperation,
  step: Effect.Effect<A, E, R>
): Effect.Effect<A, E | StorageError, R> =>
  files
    .withLock(path)(() => Effect.either(step))
    .pipe(Effect.mapError(failed(operation, key)), Effect.flatten)

const storedEntry = ({ versionOf }: At, value: string): Effect.Effect<Entry> =>
  Effect.map(versionOf(value), (version) => ({ value, version }))

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
    Effect.flatMap(entryAt(place), (found) =>
      Option.isNone(found)
        ? Effect.succeed(false)
        : Effect.zipRight(expecting(place, expected), place.files.remove(place.path))
    ),
    (error) => (error._tag === "Superseded" ? error : failed("remove", place.key)(error))
  )
  return expected === "any" && !isLocked(place.key) ? step : locked(place, "remove", step)
}

/** The lock of the file for as long as the scope lasts. */
const heldLock = ({ files, path }: At): Effect.Effect<FileLock, FileError | LockError, Scope.Scope> =>
  Effect.gen(function* () {
    const taken = yield* Deferred.make<FileLock, FileError | LockError>()
    const holding = files
      .withLock(path, { wait: claimWait })((lock) => Effect.zipRight(Deferred.succeed(taken, lock), Effect.never))
      .pipe(Effect.catchAllCause((cause) => Deferred.failCause(taken, cause)))
    yield* Effect.acquireRelease(Effect.forkDaemon(Effect.interruptible(holding)), Fiber.interrupt)
    return yield* Deferred.await(taken)
  })

const claim = (place: At, version: string): Effect.Effect<Claim, StorageError | Superseded | Claimed, Scope.Scope> =>
  Effect.gen(function* () {
    const { files, key, path } = place
    const lock = yield* heldLock(place)
    yield* expecting(place, { version })
    const reserved = yield* files.reserve(path, reservedBytes)
    const open = yield* Effect.acquireRelease(Ref.make(true), Ref.set(false))

    const now = (value: string) =>
      Effect.gen(function* () {
        yield* lock.confirm
        yield* expecting(place, { version }, value)
        yield* Effect.catchTag(reserved.commit(value), "FileError", () => files.write(path, value))
      })
    const late = (value: string) =>
      locked(place, "put", Effect.zipRight(expecting(place, { version }, value), files.write(path, value)))
    return {
      abandonedBy: Option.none(),
      commit: (value) =>
        Effect.flatMap(Ref.get(open), (isOpen) =>
          isOpen
            ? Effect.catchTag(now(value), "LockLost", (lost: LockLost) =>
                Effect.zipRight(Effect.logDebug(lost.message), late(value))
              )
            : late(value)
        ).pipe(
          Effect.mapError((error) =>
            error._tag === "Superseded" || error._tag === "StorageError" ? error : failed("put", key)(error)
          ),
          Effect.zipRight(storedEntry(place, value))
        ),
      unspent: Effect.void
    } satisfies Claim
  }).pipe(
    Effect.mapError((error) => {
      if (error._tag === "Superseded") return error
      return error._tag === "LockTimeout"
        ? new Claimed({
            key: place.key,
            by: holderText(error.holder).replace("Another", "another"),
            millisLeft: leaseMillis
          })
        : failed("claim", place.key)(error)
    })
  )

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
    claim: (key, version) => at(onDisk, "claim", key, (place) => claim(place, version)),
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
