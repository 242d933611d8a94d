/** Which tokens come from the same login, and which of them are newer: without holding a token, without a clock. */
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { OAuthTokens } from "../../domain/oauth/OAuthTokens.ts"
import { sha256 } from "../../domain/internal/sha256.ts"

/** Tells one token from another without holding it. */
export const tokenFingerprint = (token: Redacted.Redacted): string => sha256(Redacted.value(token), "base64url")

interface Position {
  readonly id: string
  /** How many refreshes after the tokens were first shared. */
  readonly generation: number
}

/** Tokens that do not say begin a line of their own. */
const positionOf = ({ accessToken, refreshToken, session }: OAuthTokens): Position => {
  const [, id, generation] = /^(.+)\.([0-9]{1,9})$/.exec(Option.getOrElse(session, () => "")) ?? []
  return id === undefined
    ? { id: tokenFingerprint(Option.getOrElse(refreshToken, () => accessToken)), generation: 0 }
    : { id, generation: Number(generation) }
}

/** What all tokens of a login have in common. */
export const familyOf = (tokens: OAuthTokens): string => positionOf(tokens).id

const atPosition = (tokens: OAuthTokens, { generation, id }: Position): OAuthTokens =>
  new OAuthTokens({ ...tokens, session: Option.some(`${id}.${generation}`) })

/** The tokens with their line spelled out, so that it outlives the next refresh. */
export const withFamily = (tokens: OAuthTokens): OAuthTokens => atPosition(tokens, positionOf(tokens))

/** What a refresh gave, as the next of the line; tokens that were never shared stay as they are. */
export const nextInFamily = (previous: OAuthTokens, next: OAuthTokens): OAuthTokens => {
  if (Option.isNone(previous.session)) return next
  const { generation, id } = positionOf(previous)
  return atPosition(next, { id, generation: generation + 1 })
}

/** Whether spending the refresh token of one takes it from the other. Tokens of two servers never are of one login. */
export const sameLogin = (one: OAuthTokens, other: OAuthTokens): boolean =>
  positionOf(one).id === positionOf(other).id && !ofTwoServers(one, other)

const ofTwoServers = (one: OAuthTokens, other: OAuthTokens): boolean =>
  Option.isSome(one.origin) && Option.isSome(other.origin) && one.origin.value !== other.origin.value

/** Within a login its own count decides, whatever the clocks of two machines say; else the expiry. */
export const isNewer = (one: OAuthTokens, other: OAuthTokens): boolean =>
  sameLogin(one, other) ? positionOf(one).generation > positionOf(other).generation : expiry(one) > expiry(other)

const expiry = ({ expiresAt }: OAuthTokens): number => Option.getOrElse(expiresAt, () => Number.POSITIVE_INFINITY)
