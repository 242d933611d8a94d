/**
 * One run of an effect however many ask for it: the run lives in a scope of its own, so that whoever is
 * interrupted while waiting, the first asker too, leaves it running for the others.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as FiberId from "effect/FiberId"
import type * as Scope from "effect/Scope"

/** Joins the run under a key, or starts one. Neither success nor failure is remembered. */
export type SingleFlight<A, E> = (key: string, work: () => Effect.Effect<A, E>) => Effect.Effect<A, E>

export const makeSingleFlight = <A, E>(scope: Scope.Scope): SingleFlight<A, E> => {
  const flights = new Map<string, Deferred.Deferred<A, E>>()

  const lead: SingleFlight<A, E> = (key, work) =>
    Effect.uninterruptibleMask((restore) =>
      Effect.suspend(() => {
        const running = flights.get(key)
        if (running !== undefined) return restore(Deferred.await(running))
        const landed = Deferred.unsafeMake<A, E>(FiberId.none)
        flights.set(key, landed)
        const flight = Effect.onExit(Effect.interruptible(Effect.suspend(work)), (exit) => {
          flights.delete(key)
          return Deferred.done(landed, exit)
        })
        return Effect.zipRight(Effect.forkIn(flight, scope), restore(Deferred.await(landed)))
      })
    )

  // Whoever only waits does nothing else: thousands may.
  return (key, work) =>
    Effect.suspend(() => {
      const running = flights.get(key)
      return running === undefined ? lead(key, work) : Deferred.await(running)
    })
}
