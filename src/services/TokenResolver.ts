/** From an account to the bearer that stands for it at this moment. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { OAuthBrowserAccount, OAuthTokenAccount } from "../domain/Account.ts"
import { type BearerError, OAuthTokenError } from "../domain/OAuthError.ts"
import type { OAuthTokens } from "../domain/OAuthTokens.ts"
import type { CredentialOrigin } from "../domain/Session.ts"
import { Bridge } from "./Bridge.ts"
import { variable } from "./environment.ts"
import { OAuthFlow } from "./OAuthFlow.ts"
import { fingerprintOf, renew } from "./oauth/renewal.ts"
import { makeSingleFlight } from "./oauth/SingleFlight.ts"
import { TokenStore } from "./TokenStore.ts"

/** A bearer token (RFC 6750) and, where it is known, when it expires. */
export interface Bearer {
  readonly token: Redacted.Redacted
  /** Epoch milliseconds. `None` for static bearers, and where the server did not say. */
  readonly expiresAt: Option.Option<number>
}

/** The account kinds that present a bearer. */
export type BearerAccount = OAuthBrowserAccount | OAuthTokenAccount

export interface TokenResolverShape {
  /**
   * The current bearer of an account. A static one is read from the account or its variable. A stored one
   * is returned while it is fresh, without lock and network; an expired one is refreshed once however many
   * fibers and processes ask, and all of them get the new one.
   *
   * @example
   * ```ts
   * const { token, expiresAt } = yield* resolver.bearer(account, "config")
   * ```
   */
  readonly bearer: (account: BearerAccount, origin: CredentialOrigin) => Effect.Effect<Bearer, BearerError>

  /**
   * Says that the server refused this very bearer although it seemed fresh: it is replaced, unless it has
   * been already. `true` when asking for the bearer again gives another one.
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
  const flow = yield* OAuthFlow
  const bridges = yield* Bridge
  const scope = yield* Effect.scope
  const once = makeSingleFlight<OAuthTokens, BearerError>(scope)

  const stored = (account: OAuthBrowserAccount) =>
    once(
      account.name,
      Effect.flatMap(read(account), (tokens) => freshOr(tokens, renewed(account, Option.none())))
    )

  const renewed = (account: OAuthBrowserAccount, refused: Option.Option<Redacted.Redacted>) =>
    renew({ store, flow, account, refused, read: read(account) })

  const read = (account: OAuthBrowserAccount): Effect.Effect<OAuthTokens, OAuthTokenError> =>
    Effect.flatMap(
      store.get(account.name),
      Option.match({ onNone: () => neverLoggedIn(store, account), onSome: Effect.succeed })
    )

  const fromBridge = (account: OAuthBrowserAccount): Effect.Effect<OAuthTokens, BearerError> =>
    Effect.gen(function* () {
      const { bridge } = yield* bridges.find
      const tokens = Option.flatMap(bridge, ({ file }) => file.tokens)
      const found = yield* Effect.catchAll(tokens, () => neverLoggedIn(store, account))
      return yield* freshOr(found, Effect.fail(bridgeExpired(account)))
    })

  return TokenResolver.of({
    bearer: (account, origin) => {
      if (account.type === "oauth_token") return staticBearer(account)
      return Effect.map(origin === "bridge" ? fromBridge(account) : stored(account), toBearer)
    },
    refused: (account, origin, bearer) =>
      account.type === "oauth_token" || origin === "bridge"
        ? Effect.succeed(false)
        : Effect.map(
            once(`${account.name} ${fingerprintOf(bearer)}`, renewed(account, Option.some(bearer))),
            ({ accessToken }) => Redacted.value(accessToken) !== Redacted.value(bearer)
          )
  })
})

const freshOr = <E>(tokens: OAuthTokens, otherwise: Effect.Effect<OAuthTokens, E>): Effect.Effect<OAuthTokens, E> =>
  Effect.flatMap(Clock.currentTimeMillis, (now) => (tokens.isExpiredAt(now) ? otherwise : Effect.succeed(tokens)))

const toBearer = (tokens: OAuthTokens): Bearer => ({ token: tokens.accessToken, expiresAt: tokens.expiresAt })

const staticBearer = (account: OAuthTokenAccount): Effect.Effect<Bearer, OAuthTokenError> =>
  Effect.map(Option.match(account.token, { onSome: Effect.succeed, onNone: () => fromVariable(account) }), (token) => ({
    token,
    expiresAt: Option.none()
  }))

const fromVariable = (account: OAuthTokenAccount): Effect.Effect<Redacted.Redacted, OAuthTokenError> => {
  const name = Option.getOrElse(account.tokenEnv, () => "")
  return Effect.flatMap(
    variable(name),
    Option.match({
      onNone: () => Effect.fail(variableUnset(account, name)),
      onSome: (value) => Effect.succeed(Redacted.make(value))
    })
  )
}

const variableUnset = (account: OAuthTokenAccount, name: string) =>
  new OAuthTokenError({
    account: account.name,
    reason: `its variable ${name} is not set or empty.`,
    fix: `export ${name}=…`,
    details: { account: account.name, variable: name }
  })

const neverLoggedIn = (
  store: Context.Tag.Service<TokenStore>,
  account: OAuthBrowserAccount
): Effect.Effect<never, OAuthTokenError> =>
  Effect.flatMap(store.describe(account.name), (path) =>
    Effect.fail(
      new OAuthTokenError({
        account: account.name,
        reason: `nobody is logged in (there is no ${path}).`,
        fix: `mp account login ${account.name}`,
        details: { account: account.name, path }
      })
    )
  )

const bridgeExpired = (account: OAuthBrowserAccount) =>
  new OAuthTokenError({
    account: account.name,
    reason: "the one in the bridge file has expired.",
    fix: `mp account export-bridge --account ${account.name}  # on the machine that has the account`,
    details: { account: account.name }
  })

export const layer: Layer.Layer<TokenResolver, never, TokenStore | OAuthFlow | Bridge> = Layer.scoped(
  TokenResolver,
  make
)
