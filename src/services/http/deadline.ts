/** A time limit that costs nothing while the work does not have to wait. */
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Runtime from "effect/Runtime"

/**
 * Like `Effect.timeoutFail`, by the same `Clock`. A timer is started only once the work really waits: a
 * fifth of the cost of the two racing fibers, which would be most of what a request through this client costs.
 */
export const withDeadline =
  <E2>(millis: number, onTimeout: () => E2) =>
  <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E | E2, R> =>
    Effect.flatMap(Effect.runtime<R>(), (runtime) =>
      Effect.suspend(() => {
        const working = Runtime.runFork(runtime)(work, { immediate: true })
        const done = working.unsafePoll()
        return done ?? awaitWithin(runtime, working, millis, onTimeout)
      })
    )

const awaitWithin = <A, E, R, E2>(
  runtime: Runtime.Runtime<R>,
  working: Fiber.RuntimeFiber<A, E>,
  millis: number,
  onTimeout: () => E2
): Effect.Effect<A, E | E2> =>
  Effect.async<A, E | E2>((resume) => {
    // A caller that may not be interrupted must not hand that on to the timer: it would outlive the answer.
    const timer = Runtime.runFork(runtime)(Effect.interruptible(Effect.sleep(millis)))
    const finish = (exit: Exit.Exit<A, E>) => {
      timer.removeObserver(expire)
      resume(Effect.zipRight(Fiber.interruptFork(timer), exit))
    }
    const expire = () => {
      working.removeObserver(finish)
      resume(Effect.zipRight(Fiber.interruptFork(working), Effect.failSync(onTimeout)))
    }
    working.addObserver(finish)
    timer.addObserver(expire)
    return Fiber.interruptAll([working, timer])
  })
