/** What an API request can answer instead of a result. None of these holds the request or a credential. */
import * as Data from "effect/Data"
import * as Option from "effect/Option"
import type { Account } from "./Account.ts"
import type { CredentialNotAccepted } from "./AuthMethod.ts"
import type { ConfigError, Explained, InvalidArgument } from "./errors.ts"
import type { BearerError } from "./OAuthError.ts"

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
  readonly account: string
}

/** The server refused the credential (401) or what it may see (403). */
export class AuthenticationFailed
  extends Data.TaggedError("AuthenticationFailed")<
    Refusal & { readonly project: string | null; readonly accountType: Account["type"] }
  >
  implements Explained
{
  readonly code = "AUTH_FAILED"
  override get message(): string {
    const what =
      this.status === 403
        ? `Mixpanel refused account '${this.account}' access${this.project === null ? "" : ` to project ${this.project}`}`
        : `Mixpanel refused the credential of account '${this.account}'`
    return `${what} (${this.status}): ${this.reason}`
  }
  get hints(): ReadonlyArray<string> {
    const mend = this.status === 403 ? ["add --project ID"] : accountHints(this)
    return ["mp session --explain", ...mend]
  }
  get details() {
    return { ...refusalDetails(this), project: this.project }
  }
}

/** Still rate limited after all retries (429). */
export class RateLimited
  extends Data.TaggedError("RateLimited")<Refusal & { readonly retryAfterSeconds: Option.Option<number> }>
  implements Explained
{
  readonly code = "RATE_LIMITED"
  override get message(): string {
    return `Mixpanel limits the rate of requests (429): ${this.reason}`
  }
  get hints(): ReadonlyArray<string> {
    return Option.match(this.retryAfterSeconds, {
      onNone: () => ["wait a minute and run the same command again"],
      onSome: (seconds) => [`wait ${seconds} s and run the same command again`]
    })
  }
  get details() {
    return { ...refusalDetails(this), retry_after: Option.getOrNull(this.retryAfterSeconds) }
  }
}

/** The server understood who asks and rejected what was asked (400, 404 and other 4xx). */
export class QueryRejected extends Data.TaggedError("QueryRejected")<Refusal> implements Explained {
  readonly code = "QUERY_FAILED"
  override get message(): string {
    return `Mixpanel rejected ${this.method} ${this.url} (${this.status}): ${this.reason}`
  }
  get hints(): ReadonlyArray<string> {
    return this.status === 404 ? ["mp session --explain", "check the path"] : ["check the parameters"]
  }
  get details() {
    return refusalDetails(this)
  }
}

/** The server failed (5xx), after retries where the request allowed them. */
export class ServerFailed extends Data.TaggedError("ServerFailed")<Refusal> implements Explained {
  readonly code = "SERVER_ERROR"
  override get message(): string {
    return `Mixpanel failed to answer ${this.method} ${this.url} (${this.status}): ${this.reason}`
  }
  get hints(): ReadonlyArray<string> {
    return ["run the same command again in a minute"]
  }
  get details() {
    return refusalDetails(this)
  }
}

/** No answer arrived: name resolution, connection, TLS or time. */
export class NetworkFailed
  extends Data.TaggedError("NetworkFailed")<RequestSummary & { readonly reason: string }>
  implements Explained
{
  readonly code = "NETWORK_ERROR"
  override get message(): string {
    return `${new URL(this.url).host} could not be reached: ${this.reason}`
  }
  get hints(): ReadonlyArray<string> {
    return [
      `curl -sSI ${new URL(this.url).origin}`,
      "check HTTPS_PROXY, NO_PROXY and NODE_EXTRA_CA_CERTS, then run the same command again"
    ]
  }
  get details() {
    return { method: this.method, url: this.url, reason: this.reason }
  }
}

/** An answer arrived that is not what this API answers. */
export class UnexpectedResponse
  extends Data.TaggedError("UnexpectedResponse")<RequestSummary & { readonly status: number; readonly reason: string }>
  implements Explained
{
  readonly code = "INVALID_RESPONSE"
  override get message(): string {
    return `${this.method} ${this.url} answered (${this.status}) with something unexpected: ${this.reason}`
  }
  get hints(): ReadonlyArray<string> {
    return ["mp session --explain", "check MP_API_BASE_URL and the account's region"]
  }
  get details() {
    return { method: this.method, url: this.url, status: this.status, reason: this.reason }
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
const accountHints = ({ account, accountType }: AuthenticationFailed): ReadonlyArray<string> => {
  const variables = environmentVariables[account]
  if (variables !== undefined) return [`check ${variables}`]
  return [mends[accountType](account), `mp account show ${account}`]
}

const mends: Record<Account["type"], (account: string) => string> = {
  service_account: (account) => `printf %s "$SECRET" | mp account update ${account} --secret-stdin`,
  oauth_browser: (account) => `mp account login ${account}`,
  oauth_token: (account) => `printf %s "$TOKEN" | mp account update ${account} --token-stdin`
}

/** The accounts that live in the environment, and what they are made of. */
const environmentVariables: Readonly<Record<string, string>> = {
  "env-service-account": "MP_USERNAME, MP_SECRET and MP_REGION",
  "env-oauth-token": "MP_OAUTH_TOKEN and MP_REGION"
}

const refusalDetails = ({ account, method, reason, status, url }: Refusal) => ({ account, method, url, status, reason })

/** Everything that a request can fail with, from its URL to its answer. */
export type RequestError = ApiError | BearerError | ConfigError | InvalidArgument
