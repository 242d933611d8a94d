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
import { BridgeTokens } from "./BridgeTokens.ts"
import { variable } from "./environment.ts"
import { OAuthFlow } from "./OAuthFlow.ts"
import { fingerprintOf } from "./oauth/lineage.ts"
import { renew } from "./oauth/renewal.ts"
import { makeSingleFlight } from "./oauth/SingleFlight.ts"
import type { TokenPlace } from "./oauth/TokenPlace.ts"

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

export const make = Effect.gen(function* () {
  const flow = yield* OAuthFlow
  const bridges = yield* Bridge
  const tokenPlaces = yield* BridgeTokens
  const scope = yield* Effect.scope
  const once = makeSingleFlight<Bearer, BearerError>(scope)

  const placeOf = (account: OAuthBrowserAccount, origin: CredentialOrigin): Effect.Effect<TokenPlace, BearerError> =>
    origin === "bridge"
      ? Effect.flatMap(bridges.find, ({ bridge }) =>
          Option.match(bridge, {
            onNone: () => Effect.fail(withoutBridge(account)),
            onSome: ({ path }) => Effect.succeed(tokenPlaces.ofBridge(account, path))
          })
        )
      : Effect.succeed(tokenPlaces.ofAccount(account))

  const current = (account: OAuthBrowserAccount, origin: CredentialOrigin) =>
    once(`${origin} ${account.name}`, () =>
      Effect.flatMap(placeOf(account, origin), (place) =>
        Effect.flatMap(place.peek, (tokens) =>
          freshOr(tokens, () => renew({ place, flow, account, refused: Option.none() }))
        )
      ).pipe(Effect.map(toBearer))
    )

  const replaced = (account: OAuthBrowserAccount, origin: CredentialOrigin, bearer: Redacted.Redacted) =>
    once(`${origin} ${account.name} ${fingerprintOf(bearer)}`, () =>
      Effect.flatMap(placeOf(account, origin), (place) =>
        renew({ place, flow, account, refused: Option.some(bearer) })
      ).pipe(Effect.map(toBearer))
    )

  return TokenResolver.of({
    bearer: (account, origin) => {
      if (account.type === "oauth_token") return staticBearer(account)
      return current(account, origin)
    },
    refused: (account, origin, bearer) =>
      account.type === "oauth_token"
        ? Effect.succeed(false)
        : Effect.map(replaced(account, origin, bearer), ({ token }) => Redacted.value(token) !== Redacted.value(bearer))
  })
})

const freshOr = <E>(
  tokens: OAuthTokens,
  otherwise: () => Effect.Effect<OAuthTokens, E>
): Effect.Effect<OAuthTokens, E> =>
  Effect.flatMap(Clock.currentTimeMillis, (now) => (tokens.isExpiredAt(now) ? otherwise() : Effect.succeed(tokens)))

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

const withoutBridge = (account: OAuthBrowserAccount) =>
  new OAuthTokenError({
    account: account.name,
    reason: "it came with a bridge, and there is no bridge any more.",
    fix: `mp account export-bridge --account ${account.name} --to PATH  # on the machine that has the account`,
    details: { account: account.name }
  })

export const layer: Layer.Layer<TokenResolver, never, OAuthFlow | Bridge | BridgeTokens> = Layer.scoped(
  TokenResolver,
  make
)
