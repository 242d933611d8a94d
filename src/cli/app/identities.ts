/**
 * Who is calling: the services of the most frequent commands. All services of a command are made one after the other
 * without a `Layer`: its memory of what is built costs a process that lives for milliseconds more than all it builds. No
 * module stands behind these that is imported on demand: the bundler would wrap each one that it shares.
 */
import type * as Effect from "effect/Effect"
import { nodeCrypto } from "../../layers/node/crypto.ts"
import * as Audit from "../../services/audit/Audit.ts"
import * as Bridge from "../../services/bridge/Bridge.ts"
import * as ConfigStore from "../../services/config/ConfigStore.ts"
import * as CheckHistory from "../../services/login/CheckHistory.ts"
import { Crypto } from "../../services/platform/Crypto.ts"
import * as SessionResolver from "../../services/session/SessionResolver.ts"
import * as TokenStore from "../../services/tokens/TokenStore.ts"
import { withService, withServiceEffect } from "./withService.ts"

/** The stores over what entries are kept in, and bridges over files. */
export const withStores = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  effect.pipe(
    withServiceEffect(CheckHistory.CheckHistory, CheckHistory.make),
    withServiceEffect(TokenStore.TokenStore, TokenStore.make),
    withServiceEffect(Bridge.Bridge, Bridge.make),
    withServiceEffect(Audit.Audit, Audit.make),
    withServiceEffect(ConfigStore.ConfigStore, ConfigStore.make),
    withService(Crypto, nodeCrypto)
  )

export const withIdentities = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  effect.pipe(withServiceEffect(SessionResolver.SessionResolver, SessionResolver.make), withStores)
