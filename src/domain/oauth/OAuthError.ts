/** What can go wrong with bearers and logins. None of these holds a token or a response of the token endpoint. */
import * as Data from "effect/Data"
import * as Option from "effect/Option"
import type { CredentialSourceFailed } from "../account/CredentialSourceFailed.ts"
import { type Again, argument, type Command, command } from "../hints/Command.ts"
import type { ConfigError } from "../errors.ts"
import { type Details, errorClass, type ErrorInfo, fixOf } from "../internal/errorClass.ts"
import { type ErrorSchema, errorSchema } from "../internal/errorSchema.ts"
import { lazy } from "../internal/lazy.ts"
import { inFull, type RegionAttempt } from "../login/RegionAttempt.ts"
import { describeElsewhere, type MintedElsewhere } from "./AuthorizationServer.ts"
import type {
  OAuthAuthDenied,
  OAuthExchangeError,
  OAuthPasteError,
  OAuthPortError,
  OAuthRegistrationError,
  OAuthStateMismatch,
  OAuthTimeout
} from "./LoginFailure.ts"
import type { Claimed, StoringError } from "../storage/StorageError.ts"
import { standardErrorCode } from "./standardErrorCode.ts"

export * from "./LoginFailure.ts"

interface Unusable {
  readonly account: string
  /** What is wrong, as a sentence naming the file or the variable. */
  readonly reason: string
  readonly fixes: ReadonlyArray<Command>
  readonly details: Readonly<Record<string, unknown>>
}

/**
 * There is no usable token: none stored, malformed, its variable unset, or expired without a way to refresh.
 * @since 0.1.0
 * @category errors
 */
export class OAuthTokenError
  extends Data.TaggedError("OAuthTokenError")<Unusable & { readonly details: Details }>
  implements ErrorInfo
{
  constructor(unusable: Unusable) {
    super({ ...unusable, details: { ...unusable.details, fix: fixOf(unusable.fixes) } })
  }
  static get schema(): ErrorSchema<"OAuthTokenError", "OAUTH_TOKEN_ERROR"> {
    return oAuthTokenErrorSchema()
  }
  readonly code = "OAUTH_TOKEN_ERROR"
  override get message(): string {
    return `Account '${this.account}' has no usable token: ${this.reason}`
  }
  get hints(): ReadonlyArray<Command> {
    return this.fixes
  }
}

const oAuthTokenErrorSchema = lazy(() => errorSchema(OAuthTokenError, "OAuthTokenError", "OAUTH_TOKEN_ERROR"))

interface RevokedLogin {
  readonly account: string
  /** Where logging in again is not what helps. */
  readonly fix?: Command
}

/**
 * The refresh token is dead: the server said `invalid_grant`, and nobody else has a newer one.
 * @since 0.1.0
 * @category errors
 */
export class OAuthRefreshRevoked extends errorClass(
  "OAuthRefreshRevoked",
  "OAUTH_REFRESH_REVOKED",
  ({ account, fix }: RevokedLogin) => ({
    message: `The login of account '${account}' was revoked or has expired.`,
    hints: [fix ?? command`mp account login ${argument(account)}`],
    details: { account }
  })
) {}

interface FailedRefresh {
  readonly account: string
  readonly reason: string
  /** Whether trying again helps: a failing network or server, as opposed to a client that is not known any more. */
  readonly temporary: boolean
  readonly retryAfterSeconds?: Option.Option<number>
}

/**
 * The token could not be refreshed; the stored tokens are untouched.
 * @since 0.1.0
 * @category errors
 */
export class OAuthRefreshError extends errorClass(
  "OAuthRefreshError",
  "OAUTH_REFRESH_ERROR",
  ({ account, reason, retryAfterSeconds = Option.none(), temporary }: FailedRefresh) => ({
    message: `The token of account '${account}' could not be refreshed: ${reason}. It is kept as it was.`,
    hints: temporary ? [] : [command`mp account login ${argument(account)}`],
    again: temporary
      ? [Option.match(retryAfterSeconds, { onNone: () => ({}), onSome: (wait) => ({ after: command`sleep ${wait}` }) })]
      : [],
    details: { account, reason, temporary, retry_after: Option.getOrNull(retryAfterSeconds) }
  })
) {}

interface LostTokens {
  readonly account: string
  /** Why the tokens could not be kept, as a sentence without its full stop. */
  readonly reason: string
  readonly fixes: ReadonlyArray<Command>
}

/**
 * The refresh token was spent, and what came of it could not be kept: this login may have ended with it.
 * @since 0.1.0
 * @category errors
 */
export class OAuthTokensLost extends errorClass(
  "OAuthTokensLost",
  "OAUTH_TOKENS_LOST",
  ({ account, fixes, reason }: LostTokens) => ({
    message: `The token of account '${account}' was refreshed, but the new tokens could not be stored, and the old refresh token is spent: ${reason}.`,
    hints: fixes,
    details: { account, reason }
  })
) {}

interface TokensOfAnother {
  readonly account: string
  readonly elsewhere: MintedElsewhere
  readonly fixes: ReadonlyArray<Command>
}

/**
 * The tokens belong to another server than the one that requests go to now: nothing was sent, and the login lives.
 * @since 0.1.0
 * @category errors
 */
export class OAuthWrongOrigin extends errorClass(
  "OAuthWrongOrigin",
  "OAUTH_REFRESH_ERROR",
  ({ account, elsewhere, fixes }: TokensOfAnother) => ({
    message: `The token of account '${account}' was not refreshed: ${describeElsewhere(elsewhere)}. It is kept as it was.`,
    hints: fixes,
    details: {
      account,
      minted_by: elsewhere.minted,
      requests_go_to: elsewhere.current,
      variable: elsewhere.variable,
      temporary: false
    }
  })
) {}

interface FailedRequest {
  /** A phrase that repeats nothing of the answer but a standard code. */
  readonly reason: string
  readonly temporary: boolean
  readonly status?: number
  readonly error?: Option.Option<string>
  readonly retryAfter?: Option.Option<number>
  /** `false`: not a byte of the request has reached the server. */
  readonly isSent?: boolean
}

/**
 * The authorization server refused a request, gave no answer, or one that cannot be used.
 * @since 0.1.0
 * @category errors
 */
export class OAuthRequestFailed extends errorClass(
  "OAuthRequestFailed",
  "OAUTH_TOKEN_ERROR",
  ({ error = Option.none(), reason, status, temporary }: FailedRequest) => ({
    message: `The authorization server did not do what it was asked for: ${reason}.`,
    again: temporary ? [{}] : [],
    details: {
      reason,
      temporary,
      status: status ?? null,
      error: Option.getOrNull(Option.map(error, standardErrorCode))
    }
  })
) {}

/**
 * Said wherever nothing answers.
 * @since 0.1.0
 * @category errors
 */
export const wayToTheNetwork =
  "Check HTTPS_PROXY, NO_PROXY and, for a private certificate authority, NODE_EXTRA_CA_CERTS."

const another = (source: string): Command => {
  if (source.includes("--secret-stdin")) return command`printf %s "$SECRET" | mp login --service-account --secret-stdin`
  if (source.includes("MP_SECRET")) return command`export MP_SECRET="$SECRET"`
  return /^\w+$/.test(source) ? command`export ${source}="$TOKEN"` : command`mp login`
}

interface RegionProbe {
  readonly attempts: ReadonlyArray<RegionAttempt>
  readonly source: string
}

/**
 * A region that looked at the credential refused it, and none accepted it.
 * @since 0.1.0
 * @category errors
 */
export class OAuthRegionProbeFailed extends errorClass(
  "OAuthRegionProbeFailed",
  "OAUTH_REGION_PROBE_FAILED",
  ({ attempts, source }: RegionProbe) => {
    const unasked = attempts.filter(({ outcome }) => outcome !== "refused")
    const headline =
      unasked.length === 0
        ? `The credential (${source}) was refused in ${attempts.length === 1 ? "region" : "every region"}`
        : `The credential (${source}) was refused by the regions that answered, and ${regionsOf(unasked)} did not answer`
    return {
      message: `${headline}: ${attempts.map(inFull).join("; ")}`,
      hints: [another(source)],
      again: [...(unasked.length === 0 ? [] : [{}]), ...(attempts.length === 1 ? [{ without: ["region"] }] : [])],
      details: { attempts }
    }
  }
) {}

const regionsOf = (attempts: ReadonlyArray<RegionAttempt>): string => attempts.map(({ region }) => region).join(", ")

/**
 * No region answered the question whom a credential belongs to.
 * @since 0.1.0
 * @category errors
 */
export class OAuthNetworkUnreachable extends errorClass(
  "OAuthNetworkUnreachable",
  "OAUTH_NETWORK_UNREACHABLE",
  ({ attempts, fixes = [] }: RegionProbe & { readonly fixes?: ReadonlyArray<Again> }) => ({
    message: `The credential could not be checked in ${attempts.length === 1 ? "its" : "any"} region: ${attempts.map(inFull).join("; ")} ${wayToTheNetwork}`,
    again: [{}, ...fixes],
    details: { attempts, temporary: true }
  })
) {}

/**
 * What can be wrong with the tokens themselves.
 * @since 0.1.0
 * @category errors
 */
export type OAuthError = OAuthTokenError | OAuthRefreshRevoked | OAuthRefreshError | OAuthWrongOrigin | OAuthTokensLost

/**
 * Everything that asking for a bearer can answer instead of one.
 * @since 0.1.0
 * @category errors
 */
export type BearerError = OAuthError | CredentialSourceFailed | ConfigError | StoringError | Claimed

/**
 * Everything that a login can answer instead of tokens.
 * @since 0.1.0
 * @category errors
 */
export type LoginError =
  | OAuthRegistrationError
  | OAuthExchangeError
  | OAuthTimeout
  | OAuthPortError
  | OAuthPasteError
  | OAuthAuthDenied
  | OAuthStateMismatch
