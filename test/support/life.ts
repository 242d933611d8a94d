/** Processes that die at a known point. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type { Engine } from "#src/services/storage/Engine.ts"

/** Lets a number of changes through; then the process is dead, and whatever it does next never happens. */
export interface Life {
  readonly step: <A, E, R>(change: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  readonly death: Effect.Effect<void>
}

export const lifeOf = (changes: number): Effect.Effect<Life> =>
  Effect.map(Deferred.make<void>(), (dead) => {
    let left = changes
    return {
      step: (change) =>
        Effect.suspend(() => (left-- > 0 ? change : Effect.zipRight(Deferred.succeed(dead, undefined), Effect.never))),
      death: Deferred.await(dead)
    }
  })

export const immortal = lifeOf(Number.POSITIVE_INFINITY)

export const mortalEngine = (engine: Engine, { step }: Life): Engine => ({
  ...engine,
  put: (...args) => step(engine.put(...args)),
  remove: (...args) => step(engine.remove(...args)),
  claim: (...args) => step(engine.claim(...args)),
  settle: (...args) => step(engine.settle(...args))
})
