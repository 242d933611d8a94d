import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { type Account, isGivenElsewhere } from "../../domain/account/Account.ts"
import { OAuthTokens } from "../../domain/oauth/OAuthTokens.ts"
import type { Crypto } from "../platform/Crypto.ts"

type Digests = Pick<Crypto["Type"], "sha256">

export const tokenFingerprint = ({ sha256 }: Digests, token: Redacted.Redacted): Effect.Effect<string> =>
  Effect.map(sha256(Redacted.value(token)), Encoding.encodeBase64Url)

/** What an account presents, as far as that is stored here: its secret, its bearer, or the access token of its login. */
export const tokenOf = (account: Account, login: Option.Option<OAuthTokens>): Option.Option<Redacted.Redacted> => {
  if (isGivenElsewhere(account)) return Option.none()
  if (account.type === "service_account") return Option.some(account.secret)
  return account.type === "oauth_token" ? account.token : Option.map(login, ({ accessToken }) => accessToken)
}

export const hasFingerprint = (
  digests: Digests,
  token: Option.Option<Redacted.Redacted>,
  fingerprint: string
): Effect.Effect<boolean> =>
  Option.match(token, {
    onNone: () => Effect.succeed(false),
    onSome: (held) => Effect.map(tokenFingerprint(digests, held), (own) => own === fingerprint)
  })

interface Position {
  readonly family: string
  readonly generation: number
}

/** Tokens that do not say begin a family of their own. */
const positionOf = (digests: Digests, { accessToken, refreshToken, session }: OAuthTokens): Effect.Effect<Position> => {
  const [, family, generation] = /^(.+)\.([0-9]{1,9})$/.exec(Option.getOrElse(session, () => "")) ?? []
  if (family !== undefined) return Effect.succeed({ family, generation: Number(generation) })
  const first = Option.getOrElse(refreshToken, () => accessToken)
  return Effect.map(tokenFingerprint(digests, first), (own) => ({ family: own, generation: 0 }))
}

export const familyOf = (digests: Digests, tokens: OAuthTokens): Effect.Effect<string> =>
  Effect.map(positionOf(digests, tokens), ({ family }) => family)

const atPosition = (tokens: OAuthTokens, { family, generation }: Position): OAuthTokens =>
  new OAuthTokens({ ...tokens, session: Option.some(`${family}.${generation}`) })

/** The tokens with their family spelled out, so that it outlives the next refresh. */
export const withFamily = (digests: Digests, tokens: OAuthTokens): Effect.Effect<OAuthTokens> =>
  Effect.map(positionOf(digests, tokens), (position) => atPosition(tokens, position))

/** What a refresh gave, as the next of the family; tokens that were never shared stay as they are. */
export const nextInFamily = (digests: Digests, previous: OAuthTokens, next: OAuthTokens): Effect.Effect<OAuthTokens> =>
  Option.isNone(previous.session)
    ? Effect.succeed(next)
    : Effect.map(positionOf(digests, previous), ({ family, generation }) =>
        atPosition(next, { family, generation: generation + 1 })
      )

/** Whether spending the refresh token of one takes it from the other. Tokens of two servers never are of one login. */
export const sameLogin = (digests: Digests, one: OAuthTokens, other: OAuthTokens): Effect.Effect<boolean> =>
  Effect.map(positions(digests, one, other), ({ isSame }) => isSame)

/** Within a login its own count decides, whatever the clocks of two machines say; else the expiry. */
export const isNewer = (digests: Digests, one: OAuthTokens, other: OAuthTokens): Effect.Effect<boolean> =>
  Effect.map(positions(digests, one, other), ({ first, isSame, second }) =>
    isSame ? first.generation > second.generation : expiry(one) > expiry(other)
  )

const positions = (digests: Digests, one: OAuthTokens, other: OAuthTokens) =>
  Effect.zipWith(positionOf(digests, one), positionOf(digests, other), (first, second) => ({
    first,
    second,
    isSame: first.family === second.family && !ofTwoServers(one, other)
  }))

const ofTwoServers = (one: OAuthTokens, other: OAuthTokens): boolean =>
  Option.isSome(one.origin) && Option.isSome(other.origin) && one.origin.value !== other.origin.value

const expiry = ({ expiresAt }: OAuthTokens): number => Option.getOrElse(expiresAt, () => Number.POSITIVE_INFINITY)
