import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { OAuthBrowserAccount } from "../../domain/account/Account.ts"
import type { BearerError } from "../../domain/oauth/OAuthError.ts"
import type { OAuthTokens } from "../../domain/oauth/OAuthTokens.ts"
import type { CredentialOrigin } from "../../domain/session/Session.ts"
import { Audit } from "../audit/Audit.ts"
import { Bridge } from "../bridge/Bridge.ts"
import { BridgeTokens } from "../bridge/BridgeTokens.ts"
import { OAuthFlow } from "../oauth/OAuthFlow.ts"
import { Crypto } from "../platform/Crypto.ts"
import { type Bearer, type BearerAccount, placeOf, toBearer, type TokenLocations } from "./bearerAtHand.ts"
import { CredentialStorage } from "../storage/CredentialStorage.ts"
import { forProgram } from "../session/forProgram.ts"
import { tokenFingerprint } from "./tokenFamily.ts"
import type { TokenLocation } from "./TokenLocation.ts"
import { type Refresh, refresh } from "./refresh.ts"
import { makeSingleFlight } from "./SingleFlight.ts"
import { makeEarlyRenewal } from "./earlyRenewal.ts"
import { makeFleet } from "./fleet.ts"
import { TokenSettings } from "./TokenSettings.ts"
import { TokenStore } from "./TokenStore.ts"
import { StaticCredentials } from "./StaticCredentials.ts"

export type { Bearer, BearerAccount } from "./bearerAtHand.ts"

/**
 * What `TokenResolver` offers.
 * @since 0.1.0
 * @category services
 */
export interface TokenResolverShape {
  /**
   * The current bearer of an account. A static one is that of `StaticCredentials`. A stored one
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
  const storage = yield* CredentialStorage
  const settings = yield* TokenSettings
  const statics = yield* StaticCredentials
  const scope = yield* Effect.scope
  const fleet = storage.isShared ? yield* makeFleet({ store: yield* TokenStore, crypto, settings }) : undefined
  const bridgeTokens = yield* BridgeTokens
  const places: TokenLocations<TokenLocation> = {
    bridges: yield* Bridge,
    tokens: fleet === undefined ? bridgeTokens : { ...bridgeTokens, ofAccount: fleet.locationOf }
  }
  const once = makeSingleFlight<OAuthTokens, BearerError>(scope)
  const renewedEarly = makeEarlyRenewal(settings, scope)

  const asked = (account: OAuthBrowserAccount, origin: CredentialOrigin, how: Pick<Refresh, "refused" | "early">) =>
    Effect.flatMap(placeOf(places, account, origin), (place) =>
      refresh({ place, flow, crypto, audit, account, ...how })
    )

  const stored = (account: OAuthBrowserAccount, origin: CredentialOrigin) =>
    once(`${origin} ${account.name}`, () => asked(account, origin, { refused: Option.none() }))

  const current = (account: OAuthBrowserAccount, origin: CredentialOrigin): Effect.Effect<Bearer, BearerError> => {
    if (fleet === undefined || origin === "bridge") return Effect.map(stored(account, origin), toBearer)
    return fleet.atHand(account.name).pipe(
      Effect.flatMap(Option.match({ onNone: () => stored(account, origin), onSome: Effect.succeed })),
      Effect.tap((tokens) =>
        renewedEarly(account.name, tokens, (early) => asked(account, origin, { refused: Option.none(), early }))
      ),
      Effect.map(toBearer)
    )
  }

  const replaced = (account: OAuthBrowserAccount, origin: CredentialOrigin, bearer: Redacted.Redacted) =>
    Effect.flatMap(tokenFingerprint(crypto, bearer), (fingerprint) =>
      once(`${origin} ${account.name} ${fingerprint}`, () => asked(account, origin, { refused: Option.some(bearer) }))
    )

  return TokenResolver.of({
    bearer: (account, origin) =>
      account.type === "oauth_token" ? statics.current(account, origin) : forProgram(origin)(current(account, origin)),
    refused: (account, origin, bearer) =>
      account.type === "oauth_token"
        ? statics.refused(account, origin, bearer)
        : forProgram(origin)(
            Effect.map(
              replaced(account, origin, bearer),
              ({ accessToken }) => Redacted.value(accessToken) !== Redacted.value(bearer)
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
export const layer: Layer.Layer<
  TokenResolver,
  never,
  Audit | OAuthFlow | Bridge | BridgeTokens | CredentialStorage | Crypto | TokenStore
> = Layer.scoped(TokenResolver, make)
