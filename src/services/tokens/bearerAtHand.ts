import { command } from "../../domain/hints/Command.ts"
import { newCredential } from "../../domain/hints/newCredential.ts"
import { parseSecret } from "../../domain/account/credentialText.ts"
import { isVariableName } from "../../domain/account/identifiers.ts"
import * as Clock from "effect/Clock"
import * as Either from "effect/Either"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import { isGivenElsewhere, type OAuthBrowserAccount, type OAuthTokenAccount } from "../../domain/account/Account.ts"
import { type BearerError, OAuthTokenError } from "../../domain/oauth/OAuthError.ts"
import type { OAuthTokens } from "../../domain/oauth/OAuthTokens.ts"
import type { CredentialOrigin } from "../../domain/session/Session.ts"
import type { Bridge } from "../bridge/Bridge.ts"
import { variable } from "../platform/environment.ts"
import type { TokenLocation } from "./TokenLocation.ts"

/**
 * A bearer token (RFC 6750) and, where it is known, when it expires.
 * @since 0.1.0
 * @category models
 */
export interface Bearer {
  readonly token: Redacted.Redacted
  /** Epoch milliseconds. `None` for static bearers, and where the server did not say. */
  readonly expiresAt: Option.Option<number>
}

/**
 * The account kinds that present a bearer.
 * @since 0.1.0
 * @category models
 */
export type BearerAccount = OAuthBrowserAccount | OAuthTokenAccount

/** A place of tokens for whoever only reads them. */
export type Readable = Pick<TokenLocation, "read">

export interface TokenLocations<Location extends Readable = Readable> {
  readonly bridges: Bridge["Type"]
  readonly tokens: {
    readonly ofAccount: (account: OAuthBrowserAccount) => Location
    readonly ofBridge: (account: OAuthBrowserAccount, path: string) => Location
  }
}

export const placeOf = <Location extends Readable>(
  { bridges, tokens }: TokenLocations<Location>,
  account: OAuthBrowserAccount,
  origin: CredentialOrigin
): Effect.Effect<Location, BearerError> =>
  origin === "bridge"
    ? Effect.flatMap(bridges.find, (bridge) =>
        Option.match(bridge, {
          onNone: () => Effect.fail(withoutBridge(account)),
          onSome: ({ path }) => Effect.succeed(tokens.ofBridge(account, path))
        })
      )
    : Effect.succeed(tokens.ofAccount(account))

const freshTokens = ({ read }: Readable) =>
  Effect.zipWith(read, Clock.currentTimeMillis, (tokens, now) =>
    Option.liftPredicate(tokens, () => !tokens.isExpiredAt(now))
  )

/** `None` where the tokens have to be refreshed first, or a command has to run. */
export const bearerAtHand = (
  places: TokenLocations,
  account: BearerAccount,
  origin: CredentialOrigin
): Effect.Effect<Option.Option<Bearer>, BearerError> =>
  account.type === "oauth_token"
    ? isGivenElsewhere(account)
      ? Effect.succeedNone
      : Effect.asSome(staticBearer(account))
    : placeOf(places, account, origin).pipe(Effect.flatMap(freshTokens), Effect.map(Option.map(toBearer)))

export const toBearer = (tokens: OAuthTokens): Bearer => ({ token: tokens.accessToken, expiresAt: tokens.expiresAt })

export const staticBearer = (account: OAuthTokenAccount): Effect.Effect<Bearer, OAuthTokenError> =>
  Effect.map(Option.match(account.token, { onSome: Effect.succeed, onNone: () => fromVariable(account) }), (token) => ({
    token,
    expiresAt: Option.none()
  }))

const fromVariable = (account: OAuthTokenAccount): Effect.Effect<Redacted.Redacted, OAuthTokenError> => {
  const name = Option.getOrElse(account.tokenEnv, () => "")
  return Effect.flatMap(
    variable(name),
    Option.match({
      onNone: () => Either.left(variableUnset(account, name)),
      onSome: (value) => Either.mapLeft(parseSecret(value), (problem) => variableMalformed(account, name, problem))
    })
  )
}

const variableUnset = (account: OAuthTokenAccount, name: string) =>
  new OAuthTokenError({
    account: account.name,
    reason: isVariableName(name)
      ? `its variable ${name} is not set or empty.`
      : `its token_env ${JSON.stringify(name)} is not the name of a variable.`,
    fixes: [isVariableName(name) ? command`export ${name}="$TOKEN"` : newCredential(account)],
    details: { account: account.name, variable: name }
  })

const variableMalformed = (account: OAuthTokenAccount, name: string, problem: string) =>
  new OAuthTokenError({
    account: account.name,
    reason: `its variable ${name} ${problem}.`,
    fixes: [command`export ${name}="$TOKEN"`],
    details: { account: account.name, variable: name }
  })

const withoutBridge = (account: OAuthBrowserAccount) =>
  new OAuthTokenError({
    account: account.name,
    reason:
      "it came with a bridge, and there is no bridge any more. It is exported again on the machine that has the account.",
    fixes: [command`mp account export-bridge --account ${account.name} --to PATH`],
    details: { account: account.name }
  })
