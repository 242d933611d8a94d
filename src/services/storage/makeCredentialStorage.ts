import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Scope from "effect/Scope"
import { Superseded } from "../../domain/storage/StorageError.ts"
import type { CredentialStorageShape } from "./CredentialStorage.ts"

type Minimal = Omit<CredentialStorageShape, "update">

/**
 * A store of all operations but `update`, which is made of them.
 *
 * @example
 * ```ts
 * const mine = (engine: Omit<CredentialStorageShape, "update">) => Layer.succeed(CredentialStorage, makeCredentialStorage(engine))
 * ```
 * @since 0.1.0
 * @category stores
 */
export const makeCredentialStorage = (minimal: Minimal): CredentialStorageShape => ({
  ...minimal,
  update: updateOver(minimal),
  claim: (key, version, how) => orGivenBack(minimal.claim(key, version, how))
})

/** Whoever gets no claim keeps nothing of it, however long its scope lasts. */
export const orGivenBack = <A, E>(claim: Effect.Effect<A, E, Scope.Scope>): Effect.Effect<A, E, Scope.Scope> =>
  Effect.flatMap(Effect.acquireRelease(Scope.make(), Scope.close), (own) =>
    Effect.onError(Scope.extend(claim, own), () => Scope.close(own, Exit.void))
  )

interface Repeating<E> {
  /** The longest delay before the second attempt; it doubles up to 100 ms. */
  readonly firstMillis: number
  readonly forMillis: number
  readonly while: (error: E) => boolean
}

/** Tried again after any part of the delay: those who collided do not collide again. */
export const withFullJitter = <A, E, R>(
  once: Effect.Effect<A, E, R>,
  repeating: Repeating<E>
): Effect.Effect<A, E, R> => {
  const { firstMillis, forMillis } = repeating
  const until = (end: number, attempt: number): Effect.Effect<A, E, R> =>
    Effect.catchIf(once, repeating.while, (error) =>
      Effect.flatMap(Effect.all([Clock.currentTimeMillis, Random.next]), ([now, part]) =>
        now < end
          ? Effect.zipRight(
              Effect.sleep(Math.ceil(part * Math.min(firstMillis * 2 ** attempt, 100))),
              until(end, attempt + 1)
            )
          : Effect.fail(error)
      )
    )
  return Effect.flatMap(Clock.currentTimeMillis, (now) => until(now + forMillis, 0))
}

const updateOver =
  ({ get, put }: Minimal): CredentialStorageShape["update"] =>
  (key, edit) => {
    const once = Effect.gen(function* () {
      const found = yield* get(key)
      const [result, value] = yield* edit(Option.map(found, (entry) => entry.value))
      const expected = Option.match(found, { onNone: () => "absent" as const, onSome: ({ version }) => ({ version }) })
      if (Option.isSome(value)) yield* put(key, value.value, { expected })
      return result
    })
    return withFullJitter(once, {
      firstMillis: 5,
      forMillis: 45_000,
      while: (error) => error instanceof Superseded
    })
  }
