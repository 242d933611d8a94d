/** From an account to the bearer that stands for it at this moment. */
import * as Context from "effect/Context"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { OAuthBrowserAccount, OAuthTokenAccount } from "../domain/Account.ts"
import type { ConfigError, FileError, LockTimeout } from "../domain/errors.ts"
import { type OAuthError, OAuthTokenError } from "../domain/OAuthError.ts"
import type { OAuthTokens } from "../domain/OAuthTokens.ts"
import type { CredentialOrigin } from "../domain/Session.ts"
import { Bridge } from "./Bridge.ts"
import { variable } from "./environment.ts"
import { TokenStore } from "./TokenStore.ts"

/** A bearer token (RFC 6750) and, where it is known, when it expires. */
export interface Bearer {
  readonly token: Redacted.Redacted
  /** Epoch milliseconds. `None` for static bearers, and where the server did not say. */
  readonly expiresAt: Option.Option<number>
}

/** Everything that asking for a bearer can fail with. */
export type BearerError = OAuthError | ConfigError | FileError | LockTimeout

/** The account kinds that present a bearer. */
export type BearerAccount = OAuthBrowserAccount | OAuthTokenAccount

export interface TokenResolverShape {
  /**
   * The current bearer of an account. A static one is read from the account or its variable; a stored
   * one is returned while it is fresh and refreshed when it is not.
   */
  readonly bearer: (account: BearerAccount, origin: CredentialOrigin) => Effect.Effect<Bearer, BearerError>

  /**
   * Says that the server refused this very bearer although it seemed fresh: the next `bearer` must be
   * another one, if there can be another. `true` when asking again may help.
   */
  readonly refused: (
    account: BearerAccount,
    origin: CredentialOrigin,
    bearer: Redacted.Redacted
  ) => Effect.Effect<boolean, BearerError>
}

export class TokenResolver extends Context.Tag("effect-mixpanel/TokenResolver")<TokenResolver, TokenResolverShape>() {}

const make = Effect.gen(function* () {
  const store = yield* TokenStore
  const bridges = yield* Bridge

  const stored = Effect.fn("TokenResolver.stored")(function* (account: OAuthBrowserAccount, origin: CredentialOrigin) {
    const tokens = origin === "bridge" ? yield* fromBridge : yield* store.get(account.name)
    const now = yield* Clock.currentTimeMillis
    const where = yield* store.describe(account.name)
    const found = yield* Effect.mapError(tokens, () => neverLoggedIn(account, where))
    return found.isExpiredAt(now) ? yield* expired(account, where) : toBearer(found)
  })

  const fromBridge = Effect.map(bridges.find, ({ bridge }) => Option.flatMap(bridge, ({ file }) => file.tokens))

  return TokenResolver.of({
    bearer: (account, origin) => (account.type === "oauth_token" ? staticBearer(account) : stored(account, origin)),
    refused: () => Effect.succeed(false)
  })
})

const toBearer = (tokens: OAuthTokens): Bearer => ({ token: tokens.accessToken, expiresAt: tokens.expiresAt })

const staticBearer = (account: OAuthTokenAccount): Effect.Effect<Bearer, OAuthTokenError> =>
  Effect.map(Option.match(account.token, { onSome: Effect.succeed, onNone: () => fromVariable(account) }), (token) => ({
    token,
    expiresAt: Option.none()
  }))

const fromVariable = Effect.fn("TokenResolver.fromVariable")(function* (account: OAuthTokenAccount) {
  const name = Option.getOrElse(account.tokenEnv, () => "")
  const value = yield* variable(name)
  return yield* Effect.mapBoth(value, { onSuccess: Redacted.make, onFailure: () => variableUnset(account, name) })
})

const variableUnset = (account: OAuthTokenAccount, name: string) =>
  new OAuthTokenError({
    account: account.name,
    reason: `its variable ${name} is not set or empty.`,
    fix: `export ${name}=…`,
    details: { account: account.name, variable: name }
  })

const neverLoggedIn = (account: OAuthBrowserAccount, path: string) =>
  new OAuthTokenError({
    account: account.name,
    reason: `nobody is logged in (there is no ${path}).`,
    fix: `mp account login ${account.name}`,
    details: { account: account.name, path }
  })

const expired = (account: OAuthBrowserAccount, path: string) =>
  new OAuthTokenError({
    account: account.name,
    reason: `the one in ${path} has expired.`,
    fix: `mp account login ${account.name}`,
    details: { account: account.name, path }
  })

export const layer: Layer.Layer<TokenResolver, never, TokenStore | Bridge> = Layer.effect(TokenResolver, make)
