/** How an effect runs in a process that lives as long as it. */
import * as Effect from "effect/Effect"

/**
 * Steps of a fiber in one go. A loop that runs for longer is optimised by V8 while it runs, for which the newer releases read
 * 5 MiB of their own compiler, and the program has ended before it pays.
 */
const stepsAtOnce = 256

export const oneShot = <A, E, R>(program: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  program.pipe(
    Effect.withMaxOpsBeforeYield(stepsAtOnce),
    // Nobody reads spans in this process.
    Effect.withTracerEnabled(false)
  )
