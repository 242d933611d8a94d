/**
 * Who is calling, and with what: the services that the most frequent commands need. They are made one after the
 * other without a `Layer`: its memory of what is built costs a process that lives for milliseconds more than
 * all it builds.
 */
import * as Effect from "effect/Effect"
import * as Accounts from "../../services/config/Accounts.ts"
import * as Bridge from "../../services/bridge/Bridge.ts"
import * as BridgeTokens from "../../services/bridge/BridgeTokens.ts"
import * as ConfigStore from "../../services/config/ConfigStore.ts"
import * as CheckHistory from "../../services/login/CheckHistory.ts"
import * as MeCache from "../../services/api/MeCache.ts"
import { OAuthFlow } from "../../services/oauth/OAuthFlow.ts"
import * as SessionResolver from "../../services/session/SessionResolver.ts"
import * as TokenResolver from "../../services/tokens/TokenResolver.ts"
import * as TokenStore from "../../services/tokens/TokenStore.ts"
import * as lazyFlow from "./lazyFlow.ts"

/** The stores over files. */
export const withStores = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  effect.pipe(
    Effect.provideServiceEffect(CheckHistory.CheckHistory, CheckHistory.make),
    Effect.provideServiceEffect(TokenStore.TokenStore, TokenStore.make),
    Effect.provideServiceEffect(Bridge.Bridge, Bridge.make),
    Effect.provideServiceEffect(ConfigStore.ConfigStore, ConfigStore.make)
  )

/** Who is calling, over the stores. */
export const withIdentities = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  effect.pipe(
    Effect.provideServiceEffect(Accounts.Accounts, Accounts.make),
    Effect.provideServiceEffect(SessionResolver.SessionResolver, SessionResolver.make),
    withStores
  )

/** Bearers, over all of that. */
export const withBearers = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  effect.pipe(
    Effect.provideServiceEffect(TokenResolver.TokenResolver, TokenResolver.make),
    Effect.provideServiceEffect(BridgeTokens.BridgeTokens, BridgeTokens.make),
    Effect.provideServiceEffect(OAuthFlow, lazyFlow.make),
    withIdentities,
    Effect.scoped
  )

/** What `withReaders` provides. */
export type Readers =
  | Accounts.Accounts
  | Bridge.Bridge
  | BridgeTokens.BridgeTokens
  | ConfigStore.ConfigStore
  | CheckHistory.CheckHistory
  | MeCache.MeCache
  | OAuthFlow
  | SessionResolver.SessionResolver
  | TokenResolver.TokenResolver
  | TokenStore.TokenStore

/** All of them, over any `CredentialFiles` and `Locations`. */
export const withReaders = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  withBearers(Effect.provideServiceEffect(effect, MeCache.MeCache, MeCache.make))
