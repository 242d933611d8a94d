import type { Again, Command } from "../hints/Command.ts"
import type { Code } from "../codes.ts"
import { errorClass } from "../internal/errorClass.ts"

/**
 * Why a login failed.
 * @since 0.1.0
 * @category errors
 */
export interface LoginFailure {
  /** A phrase; never anything that a request or a response said, except a standard error code. */
  readonly reason: string
  /** What to do about it, where the login's caller knows better than the error. */
  readonly fix?: Command | undefined
  /** Whether trying again helps. */
  readonly temporary?: boolean
}

const loginError = <const Tag extends string, const C extends Code>(
  tag: Tag,
  code: C,
  say: (reason: string) => string,
  otherwise: Again = {}
) =>
  errorClass(tag, code, ({ fix, reason, temporary = false }: LoginFailure) => ({
    message: say(reason),
    ...fixOr(fix, otherwise),
    details: { reason, temporary }
  }))

const fixOr = (fix: Command | undefined, otherwise: Again) =>
  fix === undefined ? { again: [otherwise] } : { hints: [fix], again: [] }

/**
 * The authorization server refused to register a client, or could not be reached for it (RFC 7591).
 * @since 0.1.0
 * @category errors
 */
export class OAuthRegistrationError extends loginError(
  "OAuthRegistrationError",
  "OAUTH_REGISTRATION_ERROR",
  (reason) => `No OAuth client could be registered: ${reason}.`
) {}

/**
 * The code could not be exchanged for tokens (RFC 6749, section 4.1.3).
 * @since 0.1.0
 * @category errors
 */
export class OAuthExchangeError extends loginError(
  "OAuthExchangeError",
  "OAUTH_TOKEN_ERROR",
  (reason) => `The login was approved, but the tokens could not be fetched: ${reason}.`
) {}

/**
 * No port could be listened on for the redirect.
 * @since 0.1.0
 * @category errors
 */
export class OAuthPortError extends loginError(
  "OAuthPortError",
  "OAUTH_PORT_ERROR",
  (reason) => `No port of 127.0.0.1 could be opened for the login: ${reason}.`,
  { flags: [["no-browser"]] }
) {}

/**
 * The browser could not be started. The address was printed.
 * @since 0.1.0
 * @category errors
 */
export class OAuthBrowserError extends loginError(
  "OAuthBrowserError",
  "OAUTH_BROWSER_ERROR",
  (reason) => `No browser could be opened: ${reason}.`,
  { flags: [["no-browser"]] }
) {}

/**
 * What was pasted is no redirect of a login.
 * @since 0.1.0
 * @category errors
 */
export class OAuthPasteError extends loginError(
  "OAuthPasteError",
  "OAUTH_PASTE_ERROR",
  (reason) =>
    `What was pasted cannot be used: ${reason}. It must be the whole address that the browser ended on, such as http://localhost:19284/callback?code=…&state=….`
) {}

/**
 * The person, or the server, said no.
 * @since 0.1.0
 * @category errors
 */
export class OAuthAuthDenied extends loginError(
  "OAuthAuthDenied",
  "OAUTH_AUTH_DENIED",
  (reason) => `The login was not approved: ${reason}.`
) {}

/**
 * A redirect belongs to another login, or to another server.
 * @since 0.1.0
 * @category errors
 */
export class OAuthStateMismatch extends loginError(
  "OAuthStateMismatch",
  "OAUTH_STATE_MISMATCH",
  (reason) => `The redirect does not belong to this login: ${reason}.`
) {}

interface UnfinishedLogin {
  readonly seconds: number
  readonly fix?: Command | undefined
}

/**
 * Nobody finished the login within its deadline.
 * @since 0.1.0
 * @category errors
 */
export class OAuthTimeout extends errorClass("OAuthTimeout", "OAUTH_TIMEOUT", ({ fix, seconds }: UnfinishedLogin) => ({
  message: `The login was not finished within ${seconds} s.`,
  ...fixOr(fix, {}),
  details: { seconds }
})) {}
