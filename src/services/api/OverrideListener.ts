import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import {
  type EndpointOverrides,
  type OverrideVariable,
  remoteOverrides,
  type SetOverride
} from "../../domain/api/Endpoints.ts"
import { endpointOverrides } from "../platform/environment.ts"

/**
 * What `OverrideListener` is told.
 * @since 0.1.0
 * @category services
 */
export interface OverrideListenerShape {
  /** Called for each override before a credential goes there; possibly many times for the same one. */
  readonly told: (override: SetOverride) => Effect.Effect<void>
}

export const describeOverride = ({ address, variable }: SetOverride): string =>
  `${variable} is set: ${credentialsFor[variable]} go to ${address}, and not to Mixpanel's own address.`

const credentialsFor: Readonly<Record<OverrideVariable, string>> = {
  MP_API_BASE_URL: "stored credentials",
  MP_APP_BASE_URL: "stored credentials for /api/app"
}

export const once = (say: (override: SetOverride) => Effect.Effect<void>): OverrideListenerShape => {
  const said = new Set<string>()
  return {
    told: (override) =>
      Effect.suspend(() => {
        const key = describeOverride(override)
        if (said.has(key)) return Effect.void
        said.add(key)
        return say(override)
      })
  }
}

/**
 * Is told when a variable sends stored credentials to another machine.
 *
 * @example
 * ```ts
 * const quiet = Layer.succeed(OverrideListener, { told: () => Effect.void })
 * ```
 * @since 0.1.0
 * @category services
 */
export class OverrideListener extends Context.Reference<OverrideListener>()("effect-mixpanel/OverrideListener", {
  defaultValue: (): OverrideListenerShape => once((override) => Effect.logWarning(describeOverride(override)))
}) {}

/** Tells those overrides that lead off this machine. */
export const reportOverrides = (overrides: EndpointOverrides): Effect.Effect<void> => {
  const remote = remoteOverrides(overrides)
  return remote.length === 0
    ? Effect.void
    : Effect.flatMap(OverrideListener, ({ told }) => Effect.forEach(remote, told, { discard: true }))
}

/** The same for a credential that is handed out rather than sent. A malformed override leads nowhere. */
export const reportOverridesInForce: Effect.Effect<void> = Effect.ignore(
  Effect.flatMap(endpointOverrides, reportOverrides)
)
