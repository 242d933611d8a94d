import * as Option from "effect/Option"
import type { ProjectId } from "../../../domain/account/identifiers.ts"
import type { Me } from "../../../domain/api/Me.ts"
import type { CredentialOrigin } from "../../../domain/session/Session.ts"
import type { Fields } from "../../app/Json.ts"
import { argument } from "../../app/facts.ts"
import { isoAndHuman } from "../../app/humanTime.ts"
import type { AccountDetails, AccountSummary, BrokenAccount } from "../../../services/config/Accounts.ts"

/** The record of `account list`: an account, where it comes from, and what `/me` said of it. */
export const summaryRecord = (
  { account, isActive, referencedByTargets, status }: AccountSummary,
  origin: CredentialOrigin,
  me: Option.Option<Me>
): Fields => ({
  name: account.name,
  type: account.type,
  region: account.region,
  status,
  is_active: isActive,
  referenced_by_targets: referencedByTargets,
  user_email: Option.getOrNull(Option.flatMap(me, ({ userEmail }) => userEmail)),
  project_id: Option.getOrNull(account.defaultProject),
  project_name: Option.getOrNull(Option.flatMap(me, (said) => projectName(said, account.defaultProject))),
  origin
})

const projectName = ({ projects }: Me, project: Option.Option<ProjectId>): Option.Option<string> =>
  Option.flatMapNullable(project, (id) => projects[id]?.name)

export const brokenRecord = ({ isActive, name, problem, referencedByTargets }: BrokenAccount): Fields => ({
  name,
  type: null,
  region: null,
  status: "broken",
  is_active: isActive,
  referenced_by_targets: referencedByTargets,
  user_email: null,
  project_id: null,
  project_name: null,
  origin: "config",
  problem: problem.message
})

/** The record of `account show`. */
export const detailsRecord = (details: AccountDetails, origin: CredentialOrigin, me: Option.Option<Me>): Fields => ({
  ...summaryRecord(details, origin, me),
  default_project: Option.getOrNull(details.account.defaultProject),
  username: details.account.type === "service_account" ? details.account.username : null,
  token_source: Option.getOrNull(details.tokens.source),
  token_expires_at: isoTime(details.tokens.expiresAt),
  tokens_path: Option.getOrNull(details.tokens.path),
  last_test: checkFields(details.lastTest)
})

export const checkFields = (check: Option.Option<{ readonly at: number; readonly ok: boolean }>): Fields | null =>
  Option.getOrNull(Option.map(check, ({ at, ok }) => ({ at: new Date(at).toISOString(), ok })))

/** How a person is told when that was, or will be. */
export const datedCell =
  ({ lastTest, tokens }: AccountDetails, now: number) =>
  (field: string): string | undefined =>
    Option.getOrUndefined(
      field === "token_expires_at"
        ? Option.map(tokens.expiresAt, (at) => isoAndHuman(at, now))
        : Option.map(
            Option.filter(lastTest, () => field === "last_test"),
            ({ at, ok }) => `${ok ? "ok" : "failed"}, ${isoAndHuman(at, now)}`
          )
    )

export const isoTime = (millis: Option.Option<number>): string | null =>
  Option.match(millis, { onNone: () => null, onSome: (at) => new Date(at).toISOString() })

export const name = argument("NAME", { description: "name of the account", required: true })

export const optionalName = argument("NAME", {
  description: "name of the account; by default the one that the session uses",
  required: false
})
