import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"

/**
 * How a fleet goes about its bearers.
 * @since 0.1.0
 * @category models
 */
export interface TokenSettingsShape {
  /** How long others wait for whoever renews a login; longer than a request and the storing of its answer take. */
  readonly lease: Duration.DurationInput
  /** How long a bearer is used from memory before the store is asked again: so long it outlives a logout. */
  readonly cacheFor: Duration.DurationInput
  /**
   * How long before its expiry one of the processes renews a bearer, in the background. `never` where a process is frozen
   * between requests.
   */
  readonly renewBefore: Duration.DurationInput | "never"
}

/**
 * How bearers are kept and renewed where machines share a store: `Layer.succeed(TokenSettings, …)`, provided to the layer.
 *
 * @example
 * ```ts
 * const settings = Layer.succeed(TokenSettings, { lease: "20 seconds", cacheFor: "10 seconds", renewBefore: "never" })
 * ```
 * @since 0.1.0
 * @category services
 */
export class TokenSettings extends Context.Reference<TokenSettings>()("effect-mixpanel/TokenSettings", {
  defaultValue: (): TokenSettingsShape => ({ lease: "20 seconds", cacheFor: "60 seconds", renewBefore: "5 minutes" })
}) {}
