/** All that a store holds, sealed anew with the first of its keys. What others write meanwhile is not written over. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { type ClaimError, plainly, type StorageError, type Superseded } from "../../domain/storage/StorageError.ts"
import { defaultLockWait } from "../platform/CredentialFiles.ts"
import { lasting } from "./cacheEntries.ts"
import { type CredentialStorageShape, mostAtOnce } from "./CredentialStorage.ts"

/** What somebody spends right now is sealed when that is done: a new version would be spent again. */
const isSpent = (key: string): boolean => key.endsWith("/tokens") || key.endsWith("/moving")

const resealEntry = (storage: CredentialStorageShape, key: string): Effect.Effect<boolean, ClaimError> => {
  const once = Effect.gen(function* () {
    const found = Option.getOrNull(yield* storage.get(key))
    if (found === null) return false
    const { value, version } = found
    if (!isSpent(key)) {
      yield* storage.put(key, value, { expected: { version }, ...lasting(key) })
      return true
    }
    yield* Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(restore(storage.claim(key, version, { wait: defaultLockWait })), ({ commit, unspent }) =>
        Effect.ensuring(commit(value), unspent)
      )
    ).pipe(Effect.scoped)
    return true
  })
  return Effect.mapError(
    Effect.retry(once, { while: ({ _tag }) => _tag === "Superseded" }),
    (error: StorageError | Superseded | ClaimError) => (error._tag === "StorageError" ? plainly(error) : error)
  )
}

export const reseal = (storage: CredentialStorageShape) =>
  Effect.gen(function* () {
    const keys = [...(yield* Stream.runCollect(storage.list("")))].sort()
    const results = yield* Effect.forEach(
      keys,
      (key) =>
        Effect.matchEffect(resealEntry(storage, key), {
          onFailure: (error) =>
            error._tag === "StorageError" && !error.temporary ? Effect.succeed(error) : Effect.fail(error),
          onSuccess: Effect.succeed
        }),
      { concurrency: mostAtOnce }
    )
    return {
      count: results.filter((result) => result === true).length,
      unopened: results.flatMap((result) => (typeof result === "boolean" ? [] : [result]))
    }
  })
