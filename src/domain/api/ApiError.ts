import * as Option from "effect/Option"
import type { Account } from "../account/Account.ts"
import { newCredential } from "../hints/newCredential.ts"
import type { CredentialNotAccepted } from "./AuthMethod.ts"
import { type Command, command } from "../hints/Command.ts"
import type { ConfigError, InvalidArgument } from "../errors.ts"
import type { BudgetSpent } from "../budget/BudgetSpent.ts"
import { errorClass } from "../internal/errorClass.ts"
import { type BearerError, wayToTheNetwork } from "../oauth/OAuthError.ts"

/**
 * The request, as far as it may be shown: no query, no header, no body.
 * @since 0.1.0
 * @category models
 */
export interface RequestSummary {
  readonly method: string
  /** Origin and path. */
  readonly url: string
}

/**
 * What the server said, as far as it is known to be free of secrets.
 * @since 0.1.0
 * @category models
 */
export interface Refusal extends RequestSummary {
  readonly status: number
  /** The `error` text of the response, at most 500 characters. */
  readonly reason: string
  /** `null` for a credential that has no account yet. */
  readonly account: string | null
}

interface RefusedCredential extends Refusal {
  readonly project: string | null
  readonly accountType: Account["type"]
}

/**
 * The server refused the credential (401) or what it may see (403).
 * @since 0.1.0
 * @category errors
 */
export class AuthenticationFailed extends errorClass(
  "AuthenticationFailed",
  "AUTH_FAILED",
  (refusal: RefusedCredential) => {
    const { account, project, reason, status } = refusal
    const details = { ...refusalDetails(refusal), project }
    const to = project === null ? "" : ` to project ${project}`
    return status === 403
      ? {
          message: `Mixpanel refused ${account === null ? "the credential" : `account '${account}'`} access${to} (403): ${reason}`,
          again: project === null ? [] : [{ flags: [["project", "ID"]] }],
          details
        }
      : {
          message: `Mixpanel refused the credential${account === null ? "" : ` of account '${account}'`} (${status}): ${reason}`,
          hints: [accountHint(refusal)],
          again: [],
          details
        }
  }
) {}

interface Limited extends Refusal {
  readonly retryAfterSeconds: Option.Option<number>
}

/**
 * Still rate limited after all retries (429).
 * @since 0.1.0
 * @category errors
 */
export class RateLimited extends errorClass("RateLimited", "RATE_LIMITED", (refusal: Limited) => ({
  message: `Mixpanel's rate limit is reached (429): ${refusal.reason}`,
  again: [{ after: command`sleep ${Math.ceil(Option.getOrElse(refusal.retryAfterSeconds, () => 60))}` }],
  details: { ...refusalDetails(refusal), retry_after: Option.getOrNull(refusal.retryAfterSeconds) }
})) {}

/**
 * The server understood who asks and rejected what was asked (400, 404 and other 4xx).
 * @since 0.1.0
 * @category errors
 */
export class QueryRejected extends errorClass("QueryRejected", "QUERY_FAILED", (refusal: Refusal) => ({
  message: `Mixpanel rejected ${refusal.method} ${refusal.url} (${refusal.status}): ${refusal.reason}`,
  // Where a path is not there, one that is: the server alone knows what else was wrong.
  hints: refusal.status === 404 ? [command`mp api /api/app/me`] : [],
  details: refusalDetails(refusal)
})) {}

/**
 * The server failed (5xx), after retries where the request allowed them.
 * @since 0.1.0
 * @category errors
 */
export class ServerFailed extends errorClass("ServerFailed", "SERVER_ERROR", (refusal: Refusal) => ({
  message: `Mixpanel could not answer ${refusal.method} ${refusal.url} (${refusal.status}): ${refusal.reason}`,
  again: [{ after: command`sleep ${60}` }],
  details: refusalDetails(refusal)
})) {}

interface NoAnswer extends RequestSummary {
  readonly reason: string
}

/**
 * No answer arrived: name resolution, connection, TLS or time.
 * @since 0.1.0
 * @category errors
 */
export class NetworkFailed extends errorClass(
  "NetworkFailed",
  "NETWORK_ERROR",
  ({ method, reason, url }: NoAnswer) => ({
    message: `${new URL(url).host} could not be reached: ${reason}${reason.endsWith(".") ? "" : "."} ${wayToTheNetwork}`,
    hints: overrideFixes(url),
    again: [{}],
    details: { method, url, reason }
  })
) {}

interface StrangeAnswer extends NoAnswer {
  readonly status: number
}

/**
 * An answer arrived that is not what this API answers.
 * @since 0.1.0
 * @category errors
 */
export class UnexpectedResponse extends errorClass(
  "UnexpectedResponse",
  "INVALID_RESPONSE",
  ({ method, reason, status, url }: StrangeAnswer) => ({
    message: `${method} ${url} answered (${status}) with something that cannot be used: ${reason}`,
    hints: overrideFixes(url),
    details: { method, url, status, reason }
  })
) {}

/**
 * Everything that an authenticated request can answer instead of a response.
 * @since 0.1.0
 * @category errors
 */
export type ApiError =
  | AuthenticationFailed
  | RateLimited
  | QueryRejected
  | ServerFailed
  | NetworkFailed
  | UnexpectedResponse
  | CredentialNotAccepted
  | BudgetSpent

const accountHint = ({ account, accountType }: RefusedCredential): Command =>
  account === null ? command`mp login` : newCredential({ name: account, type: accountType })

const isOwnHost = (url: string): boolean => /(^|\.)mixpanel\.com$/.test(new URL(url).hostname)

/**
 * What is asked elsewhere is asked there because a variable says so.
 * @since 0.1.0
 * @category errors
 */
export const overrideFixes = (url: string): ReadonlyArray<Command> =>
  isOwnHost(url) ? [] : [command`unset MP_API_BASE_URL MP_APP_BASE_URL`]

const refusalDetails = ({ account, method, reason, status, url }: Refusal) => ({ account, method, url, status, reason })

/**
 * Everything that a request can fail with, from its URL to its answer.
 * @since 0.1.0
 * @category errors
 */
export type RequestError = ApiError | BearerError | ConfigError | InvalidArgument
