/** What can go wrong with bearers and logins. None of these holds a token or a response of the token endpoint. */
import * as Data from "effect/Data"
import type { Explained } from "./errors.ts"

/** There is no usable token: none stored, malformed, its variable unset, or expired without a way to refresh. */
export class OAuthTokenError
  extends Data.TaggedError("OAuthTokenError")<{
    readonly account: string
    /** What is wrong, as a sentence naming the file or the variable. */
    readonly reason: string
    readonly fix: string
    readonly details: Readonly<Record<string, unknown>>
  }>
  implements Explained
{
  readonly code = "OAUTH_TOKEN_ERROR"
  override get message(): string {
    return `Account '${this.account}' has no usable token: ${this.reason}`
  }
  get hints(): ReadonlyArray<string> {
    return [this.fix]
  }
}

/** The refresh token is dead: the server said `invalid_grant`, and nobody else has a newer one. */
export class OAuthRefreshRevoked
  extends Data.TaggedError("OAuthRefreshRevoked")<{ readonly account: string }>
  implements Explained
{
  readonly code = "OAUTH_REFRESH_REVOKED"
  override get message(): string {
    return `The login of account '${this.account}' was revoked or has expired.`
  }
  get hints(): ReadonlyArray<string> {
    return [`mp account login ${this.account}`]
  }
  get details() {
    return { account: this.account }
  }
}

/** The token could not be refreshed now; the stored tokens are untouched. Trying again helps. */
export class OAuthRefreshError
  extends Data.TaggedError("OAuthRefreshError")<{ readonly account: string; readonly reason: string }>
  implements Explained
{
  readonly code = "OAUTH_REFRESH_ERROR"
  override get message(): string {
    return `The token of account '${this.account}' could not be refreshed: ${this.reason}`
  }
  get hints(): ReadonlyArray<string> {
    return ["run the same command again"]
  }
  get details() {
    return { account: this.account, reason: this.reason }
  }
}

/** Everything that asking for a bearer can answer instead of one. */
export type OAuthError = OAuthTokenError | OAuthRefreshRevoked | OAuthRefreshError
