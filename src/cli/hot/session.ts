/** `mp session`, the short way. */
import * as Effect from "effect/Effect"
import * as BridgeTokens from "../../services/BridgeTokens.ts"
import * as MeCache from "../../services/MeCache.ts"
import * as SessionResolver from "../../services/SessionResolver.ts"
import { showSession } from "../handlers/session.ts"
import { withStores } from "../readers.ts"
import { shortWay } from "./shortWay.ts"

export const run = shortWay(() =>
  showSession({ bridge: false, explain: false }).pipe(
    Effect.provideServiceEffect(SessionResolver.SessionResolver, SessionResolver.make),
    Effect.provideServiceEffect(BridgeTokens.BridgeTokens, BridgeTokens.make),
    Effect.provideServiceEffect(MeCache.MeCache, MeCache.make),
    withStores
  )
)
