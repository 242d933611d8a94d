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

/** The token could not be refreshed; the stored tokens are untouched. */
export class OAuthRefreshError
  extends Data.TaggedError("OAuthRefreshError")<{
    readonly account: string
    readonly reason: string
    /** Whether trying again helps: a failing network or server, as opposed to a client that is not known any more. */
    readonly temporary: boolean
  }>
  implements Explained
{
  readonly code = "OAUTH_REFRESH_ERROR"
  override get message(): string {
    return `The token of account '${this.account}' could not be refreshed: ${this.reason}. It is kept as it was.`
  }
  get hints(): ReadonlyArray<string> {
    return this.temporary ? ["run the same command again"] : [`mp account login ${this.account}`]
  }
  get details() {
    return { account: this.account, reason: this.reason, temporary: this.temporary }
  }
}

interface LoginFailure {
  /** A phrase; never anything that a request or a response said, except a standard error code. */
  readonly reason: string
  readonly fix: string
}

/** The authorization server refused to register a client, or could not be reached for it (RFC 7591). */
export class OAuthRegistrationError
  extends Data.TaggedError("OAuthRegistrationError")<LoginFailure & { readonly temporary: boolean }>
  implements Explained
{
  readonly code = "OAUTH_REGISTRATION_ERROR"
  override get message(): string {
    return `No OAuth client could be registered: ${this.reason}.`
  }
  get hints(): ReadonlyArray<string> {
    return [this.fix]
  }
  get details() {
    return { reason: this.reason, temporary: this.temporary }
  }
}

/** The code could not be exchanged for tokens (RFC 6749, section 4.1.3). */
export class OAuthExchangeError
  extends Data.TaggedError("OAuthExchangeError")<LoginFailure & { readonly temporary: boolean }>
  implements Explained
{
  readonly code = "OAUTH_TOKEN_ERROR"
  override get message(): string {
    return `The login was approved, but no tokens came of it: ${this.reason}.`
  }
  get hints(): ReadonlyArray<string> {
    return [this.fix]
  }
  get details() {
    return { reason: this.reason, temporary: this.temporary }
  }
}

/** Nobody finished the login within its deadline. */
export class OAuthTimeout
  extends Data.TaggedError("OAuthTimeout")<{ readonly seconds: number; readonly fix: string }>
  implements Explained
{
  readonly code = "OAUTH_TIMEOUT"
  override get message(): string {
    return `The login was not finished within ${this.seconds} s.`
  }
  get hints(): ReadonlyArray<string> {
    return [this.fix]
  }
  get details() {
    return { seconds: this.seconds }
  }
}

/** No port could be listened on for the redirect. */
export class OAuthPortError
  extends Data.TaggedError("OAuthPortError")<{ readonly reason: string }>
  implements Explained
{
  readonly code = "OAUTH_PORT_ERROR"
  override get message(): string {
    return `No port of 127.0.0.1 could be opened for the login: ${this.reason}.`
  }
  get hints(): ReadonlyArray<string> {
    return ["mp account login NAME --no-browser  # and paste the address that the browser ends on"]
  }
  get details() {
    return { reason: this.reason }
  }
}

/** The browser could not be started. The address was printed. */
export class OAuthBrowserError
  extends Data.TaggedError("OAuthBrowserError")<{ readonly reason: string }>
  implements Explained
{
  readonly code = "OAUTH_BROWSER_ERROR"
  override get message(): string {
    return `No browser could be opened: ${this.reason}.`
  }
  get hints(): ReadonlyArray<string> {
    return ["mp account login NAME --no-browser"]
  }
  get details() {
    return { reason: this.reason }
  }
}

/** What was pasted is no redirect of a login. */
export class OAuthPasteError
  extends Data.TaggedError("OAuthPasteError")<{ readonly reason: string }>
  implements Explained
{
  readonly code = "OAUTH_PASTE_ERROR"
  override get message(): string {
    return `What was pasted cannot be used: ${this.reason}.`
  }
  get hints(): ReadonlyArray<string> {
    return ["paste the whole address that the browser ended on, such as http://localhost:19284/callback?code=…&state=…"]
  }
  get details() {
    return { reason: this.reason }
  }
}

/** The person, or the server, said no. */
export class OAuthAuthDenied extends Data.TaggedError("OAuthAuthDenied")<LoginFailure> implements Explained {
  readonly code = "OAUTH_AUTH_DENIED"
  override get message(): string {
    return `The login was not approved: ${this.reason}.`
  }
  get hints(): ReadonlyArray<string> {
    return [this.fix]
  }
  get details() {
    return { reason: this.reason }
  }
}

/** A redirect belongs to another login, or to another server. */
export class OAuthStateMismatch extends Data.TaggedError("OAuthStateMismatch")<LoginFailure> implements Explained {
  readonly code = "OAUTH_STATE_MISMATCH"
  override get message(): string {
    return `The redirect does not belong to this login: ${this.reason}.`
  }
  get hints(): ReadonlyArray<string> {
    return [this.fix]
  }
  get details() {
    return { reason: this.reason }
  }
}

/** Everything that asking for a bearer can answer instead of one. */
export type OAuthError = OAuthTokenError | OAuthRefreshRevoked | OAuthRefreshError

/** Everything that a login can answer instead of tokens. */
export type LoginError =
  | OAuthRegistrationError
  | OAuthExchangeError
  | OAuthTimeout
  | OAuthPortError
  | OAuthPasteError
  | OAuthAuthDenied
  | OAuthStateMismatch
