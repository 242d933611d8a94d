/** A time limit that costs nothing while the work does not have to wait. */
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import * as Runtime from "effect/Runtime"

type Surroundings = Runtime.Runtime<never>

/**
 * Like `Effect.timeoutFail`, by the same `Clock`. A timer is started only once the work really waits: a
 * fifth of the cost of the two racing fibers, which would be most of what a request through this client costs.
 * The work has a fiber of its own, whose context and fiber references may be changed on the way.
 */
export const withDeadline =
  <E2>(millis: number, onTimeout: () => E2, change: (surroundings: Surroundings) => Surroundings = unchanged) =>
  <A, E>(work: Effect.Effect<A, E>): Effect.Effect<A, E | E2> =>
    Effect.flatMap(Effect.runtime<never>(), (runtime) => {
      const working = Runtime.runFork(change(runtime), work, { immediate: true })
      return working.unsafePoll() ?? awaitWithin(runtime, working, millis, onTimeout)
    })

const unchanged = (surroundings: Surroundings): Surroundings => surroundings

const awaitWithin = <A, E, E2>(
  runtime: Surroundings,
  working: Fiber.RuntimeFiber<A, E>,
  millis: number,
  onTimeout: () => E2
): Effect.Effect<A, E | E2> =>
  Effect.async<A, E | E2>((resume) => {
    // A caller that may not be interrupted must not hand that on to the timer: it would outlive the answer.
    const timer = Runtime.runFork(runtime, Effect.interruptible(Effect.sleep(millis)))
    const finish = (exit: Exit.Exit<A, E>) => {
      timer.removeObserver(expire)
      timer.unsafeInterruptAsFork(FiberId.none)
      resume(exit)
    }
    const expire = () => {
      working.removeObserver(finish)
      working.unsafeInterruptAsFork(FiberId.none)
      resume(Effect.failSync(onTimeout))
    }
    working.addObserver(finish)
    timer.addObserver(expire)
    return Fiber.interruptAll([working, timer])
  })
