import * as Effect from "effect/Effect"
import { Denied } from "../../domain/broker/Denied.ts"

/** Refuses what would be one too many, rather than have it wait: whoever asks knows best when to ask again. */
export const atMost = (most: number) => {
  let underWay = 0
  const leave = Effect.sync(() => underWay--)
  return <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E | Denied, R> =>
    Effect.suspend((): Effect.Effect<A, E | Denied, R> => {
      if (underWay >= most) return Effect.fail(new Denied(429, "limit", `This broker does ${most} requests at once.`))
      underWay++
      return Effect.ensuring(work, leave)
    })
}
