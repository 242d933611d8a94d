/** From an account to the bearer that stands for it at this moment. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { OAuthBrowserAccount } from "../../domain/account/Account.ts"
import type { BearerError } from "../../domain/oauth/OAuthError.ts"
import type { CredentialOrigin } from "../../domain/session/Session.ts"
import { Audit } from "../audit/Audit.ts"
import { Bridge } from "../bridge/Bridge.ts"
import { BridgeTokens } from "../bridge/BridgeTokens.ts"
import { OAuthFlow } from "../oauth/OAuthFlow.ts"
import { Crypto } from "../platform/Crypto.ts"
import {
  type Bearer,
  type BearerAccount,
  freshTokens,
  placeOf,
  staticBearer,
  toBearer,
  type TokenLocations
} from "./bearerAtHand.ts"
import { forProgram } from "../session/forProgram.ts"
import { tokenFingerprint } from "./tokenFamily.ts"
import { refresh } from "./refresh.ts"
import { makeSingleFlight } from "./SingleFlight.ts"

export type { Bearer, BearerAccount } from "./bearerAtHand.ts"

/**
 * What `TokenResolver` offers.
 * @since 0.1.0
 * @category services
 */
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

/**
 * The bearer of an account at this moment, refreshed where it has expired.
 * @since 0.1.0
 * @category services
 */
export class TokenResolver extends Context.Tag("effect-mixpanel/TokenResolver")<TokenResolver, TokenResolverShape>() {}

export const make = Effect.gen(function* () {
  const flow = yield* OAuthFlow
  const crypto = yield* Crypto
  const audit = yield* Audit
  const places: TokenLocations = { bridges: yield* Bridge, tokens: yield* BridgeTokens }
  const scope = yield* Effect.scope
  const once = makeSingleFlight<Bearer, BearerError>(scope)

  const current = (account: OAuthBrowserAccount, origin: CredentialOrigin) =>
    once(`${origin} ${account.name}`, () =>
      Effect.flatMap(placeOf(places, account, origin), (place) =>
        Effect.flatMap(
          freshTokens(place),
          Option.match({
            onNone: () => refresh({ place, flow, crypto, audit, account, refused: Option.none() }),
            onSome: Effect.succeed
          })
        )
      ).pipe(Effect.map(toBearer))
    )

  const replaced = (account: OAuthBrowserAccount, origin: CredentialOrigin, bearer: Redacted.Redacted) =>
    Effect.flatMap(tokenFingerprint(crypto, bearer), (fingerprint) =>
      once(`${origin} ${account.name} ${fingerprint}`, () =>
        Effect.flatMap(placeOf(places, account, origin), (place) =>
          refresh({ place, flow, crypto, audit, account, refused: Option.some(bearer) })
        ).pipe(Effect.map(toBearer))
      )
    )

  return TokenResolver.of({
    bearer: (account, origin) =>
      forProgram(origin)(account.type === "oauth_token" ? staticBearer(account) : current(account, origin)),
    refused: (account, origin, bearer) =>
      account.type === "oauth_token"
        ? Effect.succeed(false)
        : forProgram(origin)(
            Effect.map(
              replaced(account, origin, bearer),
              ({ token }) => Redacted.value(token) !== Redacted.value(bearer)
            )
          )
  })
})

/**
 * `TokenResolver` over the OAuth flow and the places of tokens.
 *
 * @example
 * ```ts
 * const tokenResolver = Layers.tokenResolver.pipe(Layer.provide(layer))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<TokenResolver, never, Audit | OAuthFlow | Bridge | BridgeTokens | Crypto> =
  Layer.scoped(TokenResolver, make)
