import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Option from "effect/Option"

export interface AttemptOutcome {
  /** `null`: no answer came. */
  readonly status: number | null
  readonly isSent: boolean
  /** `Retry-After` in milliseconds. */
  readonly retryAfter: Option.Option<number>
}

export interface AttemptListenerShape {
  readonly attempted: (outcome: AttemptOutcome) => Effect.Effect<void>
}

export class AttemptListener extends Context.Reference<AttemptListener>()("effect-mixpanel/AttemptListener", {
  defaultValue: (): AttemptListenerShape => ({ attempted: () => Effect.void })
}) {}

export const attempted = (outcome: AttemptOutcome): Effect.Effect<void> =>
  Effect.flatMap(AttemptListener, (listener) => listener.attempted(outcome))
