/** Waiting for something that only asking again can tell. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type { LockTimeout } from "../../domain/errors.ts"
import { type FileError } from "../../domain/errors.ts"
import type { Errno } from "./failures.ts"
import type { Restore } from "./Turnstile.ts"

/** A lock in hand. */
export interface Held {
  readonly release: Effect.Effect<void>
}

/** Asks until the answer is `true`. */
export type Poll = (
  ask: Effect.Effect<boolean, Errno | FileError>
) => Effect.Effect<void, Errno | FileError | LockTimeout>

/** A clock that only goes forward: a step of the wall clock neither ends nor prolongs a wait. */
export const monotonicMillis: Effect.Effect<number> = Effect.map(
  Clock.currentTimeNanos,
  (nanos) => Number(nanos) / 1_000_000
)

const shortest = 2
const longest = 25

/** Sleeps on Effect's clock, 2 ms at first and up to 25 ms, each between half and one and a half of that. */
export const pollUntil =
  (deadline: number, restore: Restore, timeout: LockTimeout): Poll =>
  (ask) =>
    Effect.gen(function* () {
      let pause = shortest
      while (!(yield* ask)) {
        const left = deadline - (yield* monotonicMillis)
        if (left <= 0) return yield* timeout
        const jittered = pause * (0.5 + (yield* Random.next))
        yield* restore(Effect.sleep(Math.min(left, jittered)))
        pause = Math.min(longest, pause * 1.5)
      }
    })
