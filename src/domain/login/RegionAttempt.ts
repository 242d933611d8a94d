/** What became of asking one region who a credential belongs to. */
import * as Option from "effect/Option"
import type { RequestError } from "../api/ApiError.ts"
import type { Region } from "../account/identifiers.ts"

export interface RegionAttempt {
  readonly region: Region
  /** `refused`: the region looked at the credential. `failed`: it answered, but not that. `unreachable`: silence. */
  readonly outcome: "refused" | "failed" | "unreachable"
  readonly status: number | null
  readonly reason: string
}

/** The attempt that ended with an error, unless the error is about this machine and not about the region. */
export const attemptOf = (region: Region, error: RequestError): Option.Option<RegionAttempt> => {
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

export const unreachable = (region: Region, reason: string): RegionAttempt => ({
  region,
  outcome: "unreachable",
  status: null,
  reason
})

/** The attempt in a few words, without the server's own. */
export const brief = ({ outcome, reason, status }: RegionAttempt): string =>
  outcome === "unreachable" ? `not reachable (${reason})` : String(status)

/** The attempt with everything that is known about it. */
export const inFull = (attempt: RegionAttempt): string =>
  attempt.outcome === "unreachable"
    ? `${attempt.region}: ${brief(attempt)}`
    : `${attempt.region}: ${attempt.status} (${attempt.reason})`
