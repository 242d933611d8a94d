/** What an API request can answer instead of a result. None of these holds the request or a credential. */
import * as Data from "effect/Data"
import * as Option from "effect/Option"
import type { Account } from "../account/Account.ts"
import type { CredentialNotAccepted } from "./AuthMethod.ts"
import { type Again, argument, type Command, command } from "../hints/Command.ts"
import { type ConfigError, type ErrorInfo, fixOf, type InvalidArgument } from "../errors.ts"
import { type BearerError, wayToTheNetwork } from "../oauth/OAuthError.ts"

/** The request, as far as it may be shown: no query, no header, no body. */
export interface RequestSummary {
  readonly method: string
  /** Origin and path. */
  readonly url: string
}

/** What the server said, as far as it is known to be free of secrets. */
export interface Refusal extends RequestSummary {
  readonly status: number
  /** The `error` text of the response, at most 500 characters. */
  readonly reason: string
  /** `null` for a credential that has no account yet. */
  readonly account: string | null
}

/** The server refused the credential (401) or what it may see (403). */
export class AuthenticationFailed
  extends Data.TaggedError("AuthenticationFailed")<
    Refusal & { readonly project: string | null; readonly accountType: Account["type"] }
  >
  implements ErrorInfo
{
  readonly code = "AUTH_FAILED"
  override get message(): string {
    const project = this.project === null ? "" : ` to project ${this.project}`
    const what =
      this.status === 403
        ? `Mixpanel refused ${this.account === null ? "the credential" : `account '${this.account}'`} access${project}`
        : `Mixpanel refused the credential${this.account === null ? "" : ` of account '${this.account}'`}`
    return `${what} (${this.status}): ${this.reason}`
  }
  get hints(): ReadonlyArray<Command> {
    return this.status === 403 ? [] : [accountHint(this)]
  }
  get again(): ReadonlyArray<Again> {
    return this.status === 403 && this.project !== null ? [{ flags: [["project", "ID"]] }] : []
  }
  get details() {
    return { ...refusalDetails(this), project: this.project, fix: fixOf(this.hints) }
  }
}

/** Still rate limited after all retries (429). */
export class RateLimited
  extends Data.TaggedError("RateLimited")<Refusal & { readonly retryAfterSeconds: Option.Option<number> }>
  implements ErrorInfo
{
  readonly code = "RATE_LIMITED"
  override get message(): string {
    return `Mixpanel limits the rate of requests (429): ${this.reason}`
  }
  get hints(): ReadonlyArray<Command> {
    return []
  }
  get again(): ReadonlyArray<Again> {
    return [{ after: command`sleep ${Math.ceil(Option.getOrElse(this.retryAfterSeconds, () => 60))}` }]
  }
  get details() {
    return { ...refusalDetails(this), retry_after: Option.getOrNull(this.retryAfterSeconds), fix: fixOf(this.hints) }
  }
}

/** The server understood who asks and rejected what was asked (400, 404 and other 4xx). */
export class QueryRejected extends Data.TaggedError("QueryRejected")<Refusal> implements ErrorInfo {
  readonly code = "QUERY_FAILED"
  override get message(): string {
    return `Mixpanel rejected ${this.method} ${this.url} (${this.status}): ${this.reason}`
  }
  /** Where a path is not there, one that is: the server alone knows what else was wrong. */
  get hints(): ReadonlyArray<Command> {
    return this.status === 404 ? [command`mp api /api/app/me`] : []
  }
  get details() {
    return { ...refusalDetails(this), fix: fixOf(this.hints) }
  }
}

/** The server failed (5xx), after retries where the request allowed them. */
export class ServerFailed extends Data.TaggedError("ServerFailed")<Refusal> implements ErrorInfo {
  readonly code = "SERVER_ERROR"
  override get message(): string {
    return `Mixpanel failed to answer ${this.method} ${this.url} (${this.status}): ${this.reason}`
  }
  get hints(): ReadonlyArray<Command> {
    return []
  }
  get again(): ReadonlyArray<Again> {
    return [{ after: command`sleep ${60}` }]
  }
  get details() {
    return { ...refusalDetails(this), fix: fixOf(this.hints) }
  }
}

/** No answer arrived: name resolution, connection, TLS or time. */
export class NetworkFailed
  extends Data.TaggedError("NetworkFailed")<RequestSummary & { readonly reason: string }>
  implements ErrorInfo
{
  readonly code = "NETWORK_ERROR"
  override get message(): string {
    return `${new URL(this.url).host} could not be reached: ${this.reason}${this.reason.endsWith(".") ? "" : "."} ${wayToTheNetwork}`
  }
  get hints(): ReadonlyArray<Command> {
    return wayBack(this.url)
  }
  get again(): ReadonlyArray<Again> {
    return [{}]
  }
  get details() {
    return { method: this.method, url: this.url, reason: this.reason, fix: fixOf(this.hints) }
  }
}

/** An answer arrived that is not what this API answers. */
export class UnexpectedResponse
  extends Data.TaggedError("UnexpectedResponse")<RequestSummary & { readonly status: number; readonly reason: string }>
  implements ErrorInfo
{
  readonly code = "INVALID_RESPONSE"
  override get message(): string {
    return `${this.method} ${this.url} answered (${this.status}) with something unexpected: ${this.reason}`
  }
  get hints(): ReadonlyArray<Command> {
    return wayBack(this.url)
  }
  get details() {
    return { method: this.method, url: this.url, status: this.status, reason: this.reason, fix: fixOf(this.hints) }
  }
}

/** Everything that an authenticated request can answer instead of a response. */
export type ApiError =
  | AuthenticationFailed
  | RateLimited
  | QueryRejected
  | ServerFailed
  | NetworkFailed
  | UnexpectedResponse
  | CredentialNotAccepted

/** What changes the credential of an account: its variables, or the command for its type. */
const accountHint = ({ account, accountType }: AuthenticationFailed): Command =>
  account === null ? command`mp login` : (ofTheEnvironment[account] ?? mends[accountType](account))

const mends: Record<Account["type"], (account: string) => Command> = {
  service_account: (account) => command`printf %s "$SECRET" | mp account update --secret-stdin ${argument(account)}`,
  oauth_browser: (account) => command`mp account login ${argument(account)}`,
  oauth_token: (account) => command`printf %s "$TOKEN" | mp account update --token-stdin ${argument(account)}`
}

/** The accounts that live in the environment, and what changes them. */
const ofTheEnvironment: Readonly<Record<string, Command>> = {
  "env-service-account": command`export MP_SECRET="$SECRET"`,
  "env-oauth-token": command`export MP_OAUTH_TOKEN="$TOKEN"`
}

const isOwnHost = (url: string): boolean => /(^|\.)mixpanel\.com$/.test(new URL(url).hostname)

/** What is asked elsewhere is asked there because a variable says so. */
export const wayBack = (url: string): ReadonlyArray<Command> =>
  isOwnHost(url) ? [] : [command`unset MP_API_BASE_URL MP_APP_BASE_URL`]

const refusalDetails = ({ account, method, reason, status, url }: Refusal) => ({ account, method, url, status, reason })

/** Everything that a request can fail with, from its URL to its answer. */
export type RequestError = ApiError | BearerError | ConfigError | InvalidArgument
