/** Time that passes when there is nothing else to do: hours take as long as what happens in them. */
import type * as Clock from "effect/Clock"
import { ClockTypeId } from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

export const idleClock = (): Clock.Clock => {
  let now = 0
  const sleeping: Array<{ readonly at: number; readonly wake: () => void }> = []
  let isPumping = false
  const pump = () => {
    sleeping.sort((one, other) => one.at - other.at)
    const next = sleeping.shift()
    if (next !== undefined) {
      now = Math.max(now, next.at)
      next.wake()
    }
    isPumping = sleeping.length > 0
    if (isPumping) setImmediate(() => setImmediate(pump))
  }
  const nanos = () => BigInt(Math.ceil(now)) * 1_000_000n
  return {
    [ClockTypeId]: ClockTypeId,
    unsafeCurrentTimeMillis: () => now,
    unsafeCurrentTimeNanos: nanos,
    currentTimeMillis: Effect.sync(() => now),
    currentTimeNanos: Effect.sync(nanos),
    sleep: (duration) =>
      Effect.async((resume) => {
        const sleeper = { at: now + Math.ceil(Duration.toMillis(duration)), wake: () => resume(Effect.void) }
        sleeping.push(sleeper)
        if (!isPumping) {
          isPumping = true
          setImmediate(() => setImmediate(pump))
        }
        return Effect.sync(() => {
          const at = sleeping.indexOf(sleeper)
          if (at >= 0) sleeping.splice(at, 1)
        })
      })
  }
}
