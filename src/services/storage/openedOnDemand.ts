/** A store that is opened by the first who asks it for something: what needs no store works where there is none. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { StorageError } from "../../domain/storage/StorageError.ts"
import { CredentialStorage, type CredentialStorageShape } from "./CredentialStorage.ts"
import { monotonicMillis } from "./engineClock.ts"
import { orGivenBack } from "./makeCredentialStorage.ts"

/** Whoever asks again so soon is told the same: a command that asks several times waits once. */
const sameAnswerMillis = 5000

/**
 * Opened once for all who ask, until the scope ends: after what was begun in the scope later. Who is refused leaves nothing
 * open.
 */
export const openedOnce = <A, E>(
  open: Effect.Effect<A, E, Scope.Scope>
): Effect.Effect<Effect.Effect<A, E>, never, Scope.Scope> =>
  Effect.gen(function* () {
    const own = yield* Effect.acquireRelease(Scope.make(), Scope.close)
    const turn = yield* Effect.makeSemaphore(1)
    let last: { readonly exit: Exit.Exit<A, E>; readonly at: number } | undefined
    return turn.withPermits(1)(
      Effect.gen(function* () {
        const now = yield* monotonicMillis
        const isStill = last !== undefined && (Exit.isSuccess(last.exit) || now - last.at < sameAnswerMillis)
        const exit =
          last !== undefined && isStill ? last.exit : yield* Effect.exit(Scope.extend(orGivenBack(open), own))
        if (!isStill) last = { exit, at: yield* monotonicMillis }
        return yield* exit
      })
    )
  })

export const openedOnDemand = (
  opened: Effect.Effect<CredentialStorageShape, StorageError>,
  store: string
): CredentialStorageShape =>
  CredentialStorage.of({
    isShared: true,
    get: (key) => Effect.flatMap(opened, (storage) => storage.get(key)),
    put: (key, value, how) => Effect.flatMap(opened, (storage) => storage.put(key, value, how)),
    remove: (key, expected) => Effect.flatMap(opened, (storage) => storage.remove(key, expected)),
    list: (prefix) => Stream.unwrap(Effect.map(opened, (storage) => storage.list(prefix))),
    claim: (key, version, how) => Effect.flatMap(opened, (storage) => storage.claim(key, version, how)),
    update: (key, edit) => Effect.flatMap(opened, (storage) => storage.update(key, edit)),
    // Without a store there is nothing whose age it could be.
    now: Effect.matchEffect(opened, { onFailure: () => Clock.currentTimeMillis, onSuccess: ({ now }) => now }),
    describe: (key) => Effect.succeed(`${key} in ${store}`)
  })
