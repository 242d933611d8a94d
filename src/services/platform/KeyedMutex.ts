/**
 * One at a time within a process, in order of arrival. Whose turn it is stands in the waiter itself, not in
 * a fiber's result: an interruption or a timeout at the very moment of the handover loses no turn.
 */
import * as Deferred from "effect/Deferred"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberId from "effect/FiberId"

interface Waiter {
  granted: boolean
  readonly turn: Deferred.Deferred<void>
}

/** How the region that waits is made interruptible: as much as the caller is. */
export type Restore = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>

export interface KeyedMutex {
  /** To be run uninterruptibly. `true`: it is this caller's turn until `release`. */
  readonly acquire: (key: string, wait: Duration.DurationInput, restore: Restore) => Effect.Effect<boolean>
  readonly release: (key: string) => Effect.Effect<void>
}

export const makeKeyedMutex = (): KeyedMutex => {
  const queues = new Map<string, Array<Waiter>>()

  const passOn = (key: string): void => {
    const next = queues.get(key)?.shift()
    if (next === undefined) {
      queues.delete(key)
      return
    }
    next.granted = true
    Deferred.unsafeDone(next.turn, Exit.void)
  }

  const leaveQueue = (key: string, waiter: Waiter): void => {
    const queue = queues.get(key)
    const at = queue?.indexOf(waiter) ?? -1
    if (at >= 0) queue?.splice(at, 1)
  }

  const giveUp = (key: string, waiter: Waiter): Effect.Effect<void> =>
    Effect.sync(() => {
      if (waiter.granted) passOn(key)
      else leaveQueue(key, waiter)
    })

  const acquire: KeyedMutex["acquire"] = (key, wait, restore) =>
    Effect.suspend(() => {
      const queue = queues.get(key)
      if (queue === undefined) {
        queues.set(key, [])
        return Effect.succeed(true)
      }
      const waiter: Waiter = { granted: false, turn: Deferred.unsafeMake(FiberId.none) }
      queue.push(waiter)
      return restore(Effect.timeoutOption(Deferred.await(waiter.turn), wait)).pipe(
        Effect.onInterrupt(() => giveUp(key, waiter)),
        Effect.map(() => waiter.granted),
        Effect.tap((granted) => (granted ? Effect.void : giveUp(key, waiter)))
      )
    })

  return { acquire, release: (key) => Effect.sync(() => passOn(key)) }
}
