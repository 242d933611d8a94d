import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { BareCredential } from "../../domain/login/LoginCredential.ts"
import type { RequestError } from "../../domain/api/ApiError.ts"
import { timedOut } from "../../domain/api/NetworkReason.ts"
import { rootUrl } from "../../domain/api/Endpoints.ts"
import type { ConfigError } from "../../domain/errors.ts"
import { type Region, regions } from "../../domain/account/identifiers.ts"
import { type RegionAttempt, unreachable } from "../../domain/login/RegionAttempt.ts"
import type { Me } from "../../domain/api/Me.ts"
import { OAuthNetworkUnreachable, OAuthRegionProbeFailed } from "../../domain/oauth/OAuthError.ts"
import { Discovery } from "../api/Discovery.ts"
import { endpointOverrides } from "../platform/environment.ts"

/**
 * What a region said: nothing but yes, or why not.
 * @since 0.1.0
 * @category models
 */
export interface ProbeEvent {
  readonly region: Region
  readonly problem: Option.Option<RegionAttempt>
}

/**
 * The region that knows the credential, and whom it takes it for.
 * @since 0.1.0
 * @category models
 */
export interface FoundRegion {
  readonly region: Region
  readonly me: Me
}

/**
 * A credential whose region is not known.
 * @since 0.1.0
 * @category models
 */
export interface ProbeRequest {
  readonly credential: BareCredential
  /** Where the credential comes from, for messages. */
  readonly source: string
  /** Asks this region only. */
  readonly region: Option.Option<Region>
  /** Told after each answer while there is a choice of regions. */
  readonly report: (event: ProbeEvent) => Effect.Effect<void>
}

export type ProbeError = RequestError | OAuthRegionProbeFailed | OAuthNetworkUnreachable

/**
 * Finds the region of a credential by asking each.
 *
 * @example
 * ```ts
 * const found = Effect.flatMap(RegionProbe, (probe) => probe.find(request))
 * ```
 * @since 0.1.0
 * @category services
 */
export class RegionProbe extends Context.Tag("effect-mixpanel/RegionProbe")<
  RegionProbe,
  {
    /**
     * Asks `us`, `eu` and `in` for `/me`, one after the other and 5 s each, until one knows the credential.
     * Regions that overrides move to the same address are asked once. Nothing is kept.
     */
    readonly find: (request: ProbeRequest) => Effect.Effect<FoundRegion, ProbeError>
  }
>() {}

const probeMillis = 5000

type Tried = Option.Option<RegionAttempt>

const make = Effect.gen(function* () {
  const discovery = yield* Discovery

  const attempt = (request: ProbeRequest, region: Region) =>
    Effect.map(discovery.me({ credential: request.credential, region }), (me): FoundRegion => ({ region, me })).pipe(
      Option.isSome(request.region)
        ? (asked) => asked
        : Effect.timeoutFail({ duration: probeMillis, onTimeout: () => unreachable(region, timedOut(probeMillis)) }),
      Effect.mapError((error) => ("outcome" in error ? error : Option.getOrElse(attemptOf(region, error), () => error)))
    )

  const reportAttempt = (request: ProbeRequest, region: Region, problem: Tried) =>
    Option.isSome(request.region) ? Effect.void : request.report({ region, problem })

  const firstOf = (
    request: ProbeRequest,
    candidates: ReadonlyArray<Region>,
    failed: ReadonlyArray<RegionAttempt>
  ): Effect.Effect<FoundRegion, ProbeError> => {
    const [region, ...others] = candidates
    if (region === undefined) return Effect.fail(unknownEverywhere(request.source, failed))
    return Effect.matchEffect(attempt(request, region), {
      onSuccess: (found) => Effect.as(reportAttempt(request, region, Option.none()), found),
      onFailure: (error) =>
        "outcome" in error
          ? Effect.zipRight(
              reportAttempt(request, region, Option.some(error)),
              firstOf(request, others, [...failed, error])
            )
          : Effect.fail(error)
    })
  }

  return RegionProbe.of({
    find: Effect.fn("RegionProbe.find")(function* (request) {
      const candidates = Option.isSome(request.region) ? [request.region.value] : yield* distinctRegions
      return yield* firstOf(request, candidates, [])
    })
  })
})

/** The regions by different addresses: an override that serves all of them is one. */
const distinctRegions: Effect.Effect<ReadonlyArray<Region>, ConfigError> = Effect.map(
  endpointOverrides,
  (overrides) => {
    const addresses = regions.map((region) => rootUrl("app", region, overrides))
    return regions.filter((_, index) => addresses.indexOf(addresses[index] ?? "") === index)
  }
)

const unknownEverywhere = (source: string, attempts: ReadonlyArray<RegionAttempt>) =>
  attempts.some(({ outcome }) => outcome === "refused")
    ? new OAuthRegionProbeFailed({ attempts, source })
    : new OAuthNetworkUnreachable({ attempts, source })

/**
 * `RegionProbe` over the client.
 *
 * @example
 * ```ts
 * const regionProbe = Layers.regionProbe.pipe(Layer.provide(layer))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<RegionProbe, never, Discovery> = Layer.effect(RegionProbe, make)

/** The attempt that ended with an error, unless the error is about this machine and not about the region. */
const attemptOf = (region: Region, error: RequestError): Option.Option<RegionAttempt> => {
  switch (error._tag) {
    case "AuthenticationFailed":
    case "QueryRejected":
      return Option.some({ region, outcome: "refused", status: error.status, reason: error.reason })
    case "RateLimited":
    case "ServerFailed":
    case "UnexpectedResponse":
      return Option.some({ region, outcome: "failed", status: error.status, reason: error.reason })
    case "NetworkFailed":
      return Option.some(unreachable(region, error.reason))
    default:
      return Option.none()
  }
}
