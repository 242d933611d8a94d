/** Which authorization server tokens may be sent to: the one that minted them, and no other. */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { type Command, command } from "../hints/Command.ts"
import { baseUrl, type EndpointOverrides, noOverrides } from "../api/Endpoints.ts"
import { type Region, regions } from "../account/identifiers.ts"
import { errorClass } from "../internal/errorClass.ts"
import type { OAuthTokens } from "./OAuthTokens.ts"

const moves = "MP_API_BASE_URL"

export interface AuthorizationServer {
  readonly base: string
  readonly origin: string
}

/** The server of a region: Mixpanel's own, or the one that the user's override names. Never what a file names. */
export const authorizationServer = (region: Region, overrides: EndpointOverrides): AuthorizationServer => {
  const base = baseUrl("oauth", region, overrides)
  return { base, origin: new URL(base).origin }
}

interface Elsewhere {
  readonly minted: string
  readonly current: string
  readonly region: Region
  readonly variable: string | null
}

/**
 * Tokens were minted by another server than the one that they would go to now: nothing was sent.
 * @since 0.1.0
 * @category errors
 */
export class MintedElsewhere extends errorClass("MintedElsewhere", "OAUTH_REFRESH_ERROR", (elsewhere: Elsewhere) => ({
  message: `The tokens cannot be used here: ${describeElsewhere(elsewhere)}.`,
  hints: regionFixes(elsewhere),
  details: { minted_by: elsewhere.minted, requests_go_to: elsewhere.current, variable: elsewhere.variable }
})) {}

/** The server that may see stored tokens. Tokens that do not say where they come from are taken for its own. */
export const minter = (
  { origin }: OAuthTokens,
  region: Region,
  overrides: EndpointOverrides
): Either.Either<AuthorizationServer, MintedElsewhere> => {
  const server = authorizationServer(region, overrides)
  const minted = Option.getOrElse(origin, () => server.origin)
  const variable = Option.isSome(overrides.api) ? moves : null
  return minted === server.origin
    ? Either.right(server)
    : Either.left(new MintedElsewhere({ minted, current: server.origin, region, variable }))
}

export const describeElsewhere = ({ current, minted, region, variable }: Elsewhere): string => {
  const now = variable === null ? `without ${moves} requests of region ${region} go to` : `${variable} leads to`
  return `the login was made at ${minted} and ${now} ${current}, so nothing was sent`
}

/** What leads back to Mixpanel itself, where the login was made there. */
export const regionFixes = ({ minted, region, variable }: Elsewhere): ReadonlyArray<Command> =>
  variable !== null && minted === authorizationServer(region, noOverrides).origin ? [command`unset ${variable}`] : []

/** What leads back to where the login was made: a variable to unset, or one to set where it was made elsewhere. */
export const originFixes = (elsewhere: Elsewhere): ReadonlyArray<Command> => {
  const isMixpanel = regions.some((region) => authorizationServer(region, noOverrides).origin === elsewhere.minted)
  return isMixpanel ? regionFixes(elsewhere) : [command`export MP_API_BASE_URL=${elsewhere.minted}`]
}
