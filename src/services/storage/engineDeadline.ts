/** How long an engine may take for one step: whoever waits for it is told after that long, also where it is not to be interrupted. */
import * as Effect from "effect/Effect"

const deadlineMillis = 5000

/** The reason, for the error that is made of it. */
export const noAnswerInTime = `no answer arrived within ${deadlineMillis / 1000} s`

/** An interrupted fiber tells its children at once, even where it is uninterruptible itself; the step is none of them. */
export const withDeadline = <A, E, E2>(step: Effect.Effect<A, E>, onTimeout: () => E2): Effect.Effect<A, E | E2> =>
  step.pipe(Effect.interruptible, Effect.timeoutFail({ duration: deadlineMillis, onTimeout }), Effect.disconnect)
