import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import * as Scope from "effect/Scope"
import { type FileError, holderText, type LockError, type LockLost } from "../../domain/errors.ts"
import {
  Claimed,
  type StorageError,
  type StorageOperation,
  type Superseded
} from "../../domain/storage/StorageError.ts"
import type { FileLock, FileReservation } from "../platform/CredentialFiles.ts"
import type { Claim, ClaimOptions } from "./CredentialStorage.ts"
import { type At, expecting, failed, asEntry } from "./diskEntries.ts"

/** More than any set of tokens takes (16 KiB). */
const reservedBytes = 16_384

/** How long a claim waits for the lock before it says who has it. Several such waits add up to what one would know. */
const claimWait = "250 millis"

const lateTries = 3

/** After this long without a sign of life a holder elsewhere is taken for dead. */
const leaseMillis = 20_000

interface HeldLock {
  readonly lock: FileLock
  readonly release: Effect.Effect<void>
}

const heldLock = ({ files, path }: At, { wait = claimWait }: ClaimOptions) =>
  Effect.gen(function* () {
    const taken = yield* Deferred.make<FileLock, FileError | LockError>()
    const holding = Effect.suspend(() =>
      files.withLock(path, { wait })((lock) => Effect.zipRight(Deferred.succeed(taken, lock), Effect.never))
    ).pipe(Effect.catchAllCause((cause) => Deferred.failCause(taken, cause)))
    const holder = yield* Effect.acquireRelease(Effect.forkDaemon(Effect.interruptible(holding)), Fiber.interrupt)
    return { lock: yield* Deferred.await(taken), release: Effect.asVoid(Fiber.interrupt(holder)) }
  })

interface Claiming {
  readonly place: At
  readonly held: HeldLock
  readonly version: Ref.Ref<string>
  readonly reserved: Ref.Ref<Option.Option<FileReservation>>
}

/** A place is filled once: whoever tries again writes anew. */
const writeReserved = ({ place: { files, path }, reserved }: Claiming, value: string) =>
  Effect.flatMap(Ref.getAndSet(reserved, Option.none()), (taken) =>
    Option.match(taken, {
      onNone: () => files.write(path, value),
      onSome: ({ commit }) => commit(value)
    })
  )

/** A program that takes no lock may have written. What cannot be read is written over: this is the only copy. */
const isStill = ({ place, version }: Claiming, next: string): Effect.Effect<void, Superseded> =>
  Effect.flatMap(Ref.get(version), (expected) =>
    Effect.catchTag(expecting(place, { version: expected }, next), "FileError", () => Effect.void)
  )

const commitNow = (claiming: Claiming, value: string) =>
  claiming.held.lock.confirm.pipe(
    Effect.zipRight(isStill(claiming, value)),
    Effect.zipRight(writeReserved(claiming, value))
  )

const commitLate = (claiming: Claiming, value: string) => {
  const { files, path } = claiming.place
  const once = files.withLock(path)(() => Effect.zipRight(isStill(claiming, value), files.write(path, value)))
  return Effect.zipRight(
    claiming.held.release,
    Effect.retry(once, { times: lateTries - 1, while: ({ _tag }) => _tag === "LockLost" })
  )
}

/** Fails where the entry is another one by now; what may be written meanwhile without a lock is not written over. */
export const claim = (
  place: At,
  version: string,
  how: ClaimOptions
): Effect.Effect<Claim, StorageError | Superseded | Claimed, Scope.Scope> =>
  Effect.gen(function* () {
    const { files, key, path } = place
    const held = yield* heldLock(place, how)
    yield* expecting(place, { version })
    const reserved = yield* Ref.make(Option.none<FileReservation>())
    const scope = yield* Effect.scope
    const open = yield* Effect.acquireRelease(Ref.make(true), Ref.set(false))
    const claiming = { held, place, reserved, version: yield* Ref.make(version) }
    const orTold = (operation: StorageOperation) => (error: FileError | LockError | Superseded) =>
      error._tag === "Superseded" ? error : failed(operation, key)(error)
    const reserve = Effect.flatMap(Ref.get(reserved), (taken) =>
      Option.isSome(taken)
        ? Effect.void
        : Effect.flatMap(Scope.extend(files.reserve(path, reservedBytes), scope), (next) =>
            Ref.set(reserved, Option.some(next))
          )
    )
    return {
      abandonedBy: Option.none(),
      confirm: Effect.mapError(Effect.zipRight(reserve, held.lock.confirm), orTold("claim")),
      commit: (value) =>
        Effect.flatMap(Ref.get(open), (isOpen) =>
          isOpen
            ? Effect.catchTag(commitNow(claiming, value), "LockLost", (lost: LockLost) =>
                Effect.zipRight(Effect.logDebug(lost.message), commitLate(claiming, value))
              )
            : commitLate(claiming, value)
        ).pipe(
          Effect.mapError(orTold("put")),
          Effect.as(asEntry(value)),
          Effect.tap((stored) => Ref.set(claiming.version, stored.version))
        ),
      remove: Effect.mapError(
        Effect.zipRight(
          Effect.flatMap(Ref.get(claiming.version), (expected) => expecting(place, { version: expected })),
          Effect.suspend(() => files.remove(path))
        ),
        orTold("remove")
      ),
      unspent: Effect.void
    } satisfies Claim
  }).pipe(
    Effect.mapError((error) => {
      if (error._tag === "Superseded") return error
      if (error._tag !== "LockTimeout") return failed("claim", place.key)(error)
      const by = holderText(error.holder).replace("Another", "another")
      return new Claimed({ key: place.key, by, millisLeft: leaseMillis, cause: error })
    })
  )
