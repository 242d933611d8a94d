/** Accounts as records of the contract. */
import * as Option from "effect/Option"
import type { Fields } from "../../app/Json.ts"
import { argument } from "../../app/facts.ts"
import type { AccountDetails, AccountSummary, BrokenAccount } from "../../../services/config/Accounts.ts"

/** The record of `account list`. */
export const summaryRecord = ({ account, isActive, referencedByTargets, status }: AccountSummary): Fields => ({
  name: account.name,
  type: account.type,
  region: account.region,
  status,
  is_active: isActive,
  referenced_by_targets: referencedByTargets
})

/** The record of a block that cannot be used. */
export const brokenRecord = ({ isActive, name, problem, referencedByTargets }: BrokenAccount): Fields => ({
  name,
  type: null,
  region: null,
  status: "broken",
  is_active: isActive,
  referenced_by_targets: referencedByTargets,
  problem: problem.message
})

/** The record of `account show`. */
export const detailsRecord = (details: AccountDetails): Fields => ({
  ...summaryRecord(details),
  default_project: Option.getOrNull(details.account.defaultProject),
  username: details.account.type === "service_account" ? details.account.username : null,
  token_source: Option.getOrNull(details.tokens.source),
  token_expires_at: isoTime(details.tokens.expiresAt),
  tokens_path: Option.getOrNull(details.tokens.path),
  last_test: Option.getOrNull(Option.map(details.lastTest, ({ at, ok }) => ({ at: isoTime(Option.some(at)), ok })))
})

/** Epoch milliseconds as ISO 8601, or null. */
export const isoTime = (millis: Option.Option<number>): string | null =>
  Option.match(millis, { onNone: () => null, onSome: (at) => new Date(at).toISOString() })

export const name = argument("NAME", { description: "name of the account", required: true })

export const optionalName = argument("NAME", {
  description: "name of the account; by default the one that the session uses",
  required: false
})
