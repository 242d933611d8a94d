/** The answer of the token endpoint (RFC 6749, sections 5.1 and 5.2), read generously where nothing is lost by it. */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { isRecord, parseJson } from "../internal/json.ts"
import { OAuthRequestFailed } from "./OAuthError.ts"
import { OAuthTokens, writable } from "./OAuthTokens.ts"
import { topLevelStrings } from "./salvage.ts"
import { standardErrorCode } from "./standardErrorCode.ts"
import { isSuccess } from "../api/RetryPolicy.ts"

export interface RawResponse {
  readonly status: number
  readonly body: string
  readonly location?: string | undefined
  readonly cut?: string
  readonly retryAfter?: Option.Option<number>
}

export interface TokenRequestContext {
  /** When the request was sent, in epoch milliseconds: lifetimes count from here. */
  readonly now: number
  readonly clientId: string
  /** The origin of the server that was asked: the tokens belong to it from here on. */
  readonly origin: string
  /** The refresh token that was used: kept when the answer brings no new one (RFC 6749, section 6). */
  readonly previous: Option.Option<OAuthTokens>
}

export const readTokenResponse = (
  answer: RawResponse,
  context: TokenRequestContext
): Either.Either<OAuthTokens, OAuthRequestFailed> => {
  const { body, status } = answer
  const json = Option.filter(Either.getRight(parseJson(body)), isRecord)
  if (!isSuccess(answer.status)) return Either.left(refusalOf(answer, json))
  return Option.match(json, {
    onNone: () => readSalvaged(answer, context),
    onSome: (fields) => tokensOf(status, fields, context)
  })
}

/**
 * The tokens of a good answer that cannot be read otherwise, when both are in it. One without a refresh token is not
 * taken: whether there was a new one behind what can be read is not known.
 */
export const readSalvaged = (
  answer: RawResponse,
  context: TokenRequestContext
): Either.Either<OAuthTokens, OAuthRequestFailed> => {
  const { body, cut, status } = answer
  const fields = topLevelStrings(body)
  return isSuccess(status) && Option.isSome(refreshTokenText(fields.get("refresh_token")))
    ? tokensOf(status, Object.fromEntries(fields), context)
    : Either.left(nonsense(status, cut ?? "it is not a JSON object"))
}

type Fields = Readonly<Record<string, unknown>>

const tokensOf = (status: number, fields: Fields, { clientId, now, origin, previous }: TokenRequestContext) => {
  const accessToken = tokenText(fields["access_token"])
  if (Option.isNone(accessToken)) return Either.left(nonsense(status, "it has no usable access_token"))
  const tokenType = fields["token_type"]
  if (tokenType !== undefined && (typeof tokenType !== "string" || tokenType.toLowerCase() !== "bearer")) {
    return Either.left(nonsense(status, "its token_type is not Bearer"))
  }
  return Either.right(
    new OAuthTokens({
      accessToken: accessToken.value,
      tokenType: "Bearer",
      scope: Option.getOrElse(text(fields["scope"]), () =>
        Option.match(previous, { onNone: () => "", onSome: (p) => p.scope })
      ),
      expiresAt: Option.map(lifetime(fields["expires_in"]), (seconds) => writable(now + seconds * 1000)),
      refreshToken: Option.orElse(refreshTokenText(fields["refresh_token"]), () =>
        Option.flatMap(previous, (p) => p.refreshToken)
      ),
      clientId: Option.some(clientId),
      origin: Option.some(origin)
    })
  )
}

/** Ten years, in seconds: longer lifetimes mean nothing more. */
const longestLifetime = 315_360_000

/**
 * Seconds, also as digits in a string. Anything else counts as "not said": the tokens are good all the
 * same, and throwing them away would end a session over a hint.
 */
const lifetime = (value: unknown): Option.Option<number> => {
  const seconds = typeof value === "string" && /^[0-9]+$/.test(value) ? Number(value) : value
  return typeof seconds === "number" && seconds >= 1
    ? Option.some(Math.min(Math.floor(seconds), longestLifetime))
    : Option.none()
}

const text = (value: unknown): Option.Option<string> => (typeof value === "string" ? Option.some(value) : Option.none())

/** Sent in a form, which can carry any text; to drop one would lose the session, for the old one is spent. */
const refreshTokenText = (value: unknown): Option.Option<Redacted.Redacted> =>
  Option.map(
    Option.filter(text(value), (token) => token !== ""),
    Redacted.make
  )

/** Access tokens are visible ASCII (RFC 6750, section 2.1): anything else could not be sent in a header. */
const tokenText = (value: unknown): Option.Option<Redacted.Redacted> =>
  Option.map(
    Option.filter(text(value), (token) => /^[\x21-\x7e]+$/.test(token)),
    Redacted.make
  )

const refusalOf = ({ retryAfter = Option.none(), status }: RawResponse, json: Option.Option<Fields>) => {
  const error = Option.flatMap(json, (fields) => text(fields["error"]))
  const temporary = status === 408 || status === 429 || status >= 500 || Option.isNone(error)
  const said = Option.match(error, { onNone: () => "", onSome: (code) => `: ${standardErrorCode(code)}` })
  const reason = `the token endpoint answered ${status}${said}`
  return new OAuthRequestFailed({ status, error, temporary, retryAfter, reason })
}

const nonsense = (status: number, why: string) =>
  new OAuthRequestFailed({
    status,
    temporary: true,
    reason: `the answer of the token endpoint cannot be used: ${why}`
  })

/** Whether a refusal says that the refresh token itself is dead: only this ends a session. */
export const isInvalidGrant = ({ error = Option.none(), status }: OAuthRequestFailed): boolean =>
  (status === 400 || status === 401) && Option.contains(error, "invalid_grant")

/** Whether the refresh token is as good as before: the request never left, or was refused before it was looked at. */
export const isNothingSpent = (failure: OAuthRequestFailed): boolean => {
  const { error = Option.none(), isSent = true, status } = failure
  if (!isSent || status === 429 || isInvalidGrant(failure)) return true
  const isRefusal = status === 400 || status === 401
  return isRefusal && Option.exists(error, (code) => refusedBefore.has(code))
}

const refusedBefore: ReadonlySet<string> = new Set([
  "invalid_client",
  "invalid_request",
  "invalid_scope",
  "unauthorized_client",
  "unsupported_grant_type"
])
