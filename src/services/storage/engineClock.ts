import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { StorageError } from "../../domain/storage/StorageError.ts"

const askedAgainAfterMillis = 60_000

/** The most by which the clock of this machine may have been set, or slept, since the engine was asked. */
const toleranceMillis = 1000

interface Reading {
  readonly engine: number
  readonly wall: number
  readonly monotonic: number
}

/** Since some moment: for how long something took, whatever becomes of the clock of this machine. */
export const monotonicMillis = Effect.map(Clock.currentTimeNanos, (nanos) => Number(nanos / 1_000_000n))

/** Epoch milliseconds there: the last answer and what has passed since, or of this machine until there is an answer. */
export const engineClock = (ask: Effect.Effect<number, StorageError>): Effect.Effect<Effect.Effect<number>> =>
  Effect.sync(() => {
    let last: Reading | null = null
    return Effect.gen(function* () {
      const wall = yield* Clock.currentTimeMillis
      const monotonic = yield* monotonicMillis
      const passed = last === null ? 0 : monotonic - last.monotonic
      const isSteady = last !== null && Math.abs(wall - last.wall - passed) < toleranceMillis
      if (last !== null && isSteady && passed < askedAgainAfterMillis) return last.engine + passed
      const offset = last === null ? 0 : last.engine - last.wall
      const engine = yield* Effect.catchAll(ask, ({ message }) => Effect.as(Effect.logDebug(message), wall + offset))
      last = { engine, wall, monotonic }
      return engine
    })
  })
