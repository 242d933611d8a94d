import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DefaultServices from "effect/DefaultServices"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import * as Runtime from "effect/Runtime"

type Surroundings = Runtime.Runtime<never>

/**
 * Like `Effect.timeoutFail`, by the same `Clock`. Time is only looked at once the work really waits. The work has a
 * fiber of its own, whose context and fiber references may be changed on the way.
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
  Effect.clockWith((clock) =>
    Effect.async<A, E | E2>((resume) => {
      const finish = (exit: Exit.Exit<A, E>) => {
        stop()
        resume(exit)
      }
      const expire = () => {
        working.removeObserver(finish)
        working.unsafeInterruptAsFork(FiberId.none)
        resume(Effect.failSync(onTimeout))
      }
      const stop = clock === realClock ? inRealTime(millis, expire) : byClock(runtime, millis, expire)
      working.addObserver(finish)
      return Effect.zipRight(Effect.sync(stop), Fiber.interrupt(working))
    })
  )

const realClock = Context.get(DefaultServices.liveServices, Clock.Clock)

/** A fiber that sleeps and is interrupted costs ten times as much as a timer, at each request. */
const inRealTime = (millis: number, expire: () => void): (() => void) => {
  const timer = setTimeout(expire, millis)
  return () => clearTimeout(timer)
}

const byClock = (runtime: Surroundings, millis: number, expire: () => void): (() => void) => {
  // A caller that may not be interrupted must not hand that on to the timer: it would outlive the answer.
  const timer = Runtime.runFork(runtime, Effect.interruptible(Effect.sleep(millis)))
  timer.addObserver(expire)
  return () => {
    timer.removeObserver(expire)
    timer.unsafeInterruptAsFork(FiberId.none)
  }
}

/**
 * A deadline for whoever waits, also where neither they nor the work are to be interrupted. An interrupted fiber tells its
 * children at once, even where it is uninterruptible itself; the work is none of them.
 */
export const disconnectedWithin =
  <E2>(millis: number, onTimeout: () => E2) =>
  <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E | E2, R> =>
    work.pipe(Effect.interruptible, Effect.timeoutFail({ duration: millis, onTimeout }), Effect.disconnect)
