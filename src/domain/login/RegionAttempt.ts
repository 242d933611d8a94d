import type { Region } from "../account/identifiers.ts"

export interface RegionAttempt {
  readonly region: Region
  /** `refused`: the region looked at the credential. `failed`: it answered, but not that. `unreachable`: silence. */
  readonly outcome: "refused" | "failed" | "unreachable"
  readonly status: number | null
  readonly reason: string
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

export const inFull = (attempt: RegionAttempt): string =>
  attempt.outcome === "unreachable"
    ? `${attempt.region}: ${brief(attempt)}`
    : `${attempt.region}: ${attempt.status} (${attempt.reason})`
