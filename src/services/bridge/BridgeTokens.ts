/**
 * The tokens of logins that travel: an account's own, together with the bridges they were exported to, and a
 * bridge's. A refresh token that two files hold is spent once, and both get what came of it; tokens of
 * different logins never mix while their own still work.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { OAuthBrowserAccount } from "../../domain/account/Account.ts"
import type { ConfigError, FileError, LockError } from "../../domain/errors.ts"
import type { OAuthTokenError } from "../../domain/oauth/OAuthError.ts"
import type { OAuthTokens } from "../../domain/oauth/OAuthTokens.ts"
import { Bridge } from "./Bridge.ts"
import { ConfigStore } from "../config/ConfigStore.ts"
import { CredentialFiles } from "../platform/CredentialFiles.ts"
import { Locations } from "../platform/Locations.ts"
import { accountPlace, sharing } from "./bridgeAccount.ts"
import { bridgePlace } from "./bridgePlace.ts"
import { type SettledBridge, settling } from "./bridgeSettlement.ts"
import type { BridgeWorld } from "./bridgeWorld.ts"
import type { TokenPlace } from "../tokens/TokenPlace.ts"
import { OAuthFlow } from "../oauth/OAuthFlow.ts"
import { TokenStore } from "../tokens/TokenStore.ts"

export class BridgeTokens extends Context.Tag("effect-mixpanel/BridgeTokens")<
  BridgeTokens,
  {
    /** The account's own tokens; a refresh reaches the bridges that carry the same login. */
    readonly ofAccount: (account: OAuthBrowserAccount) => TokenPlace
    /** The tokens of the bridge at a path. */
    readonly ofBridge: (account: OAuthBrowserAccount, path: string) => TokenPlace
    /** Hands the account's newest tokens to whoever writes the bridge at `path`, while nobody changes either. */
    readonly sharing: <A, E>(
      account: OAuthBrowserAccount,
      target: { readonly path: string; readonly refreshable: boolean },
      use: (tokens: OAuthTokens) => Effect.Effect<A, E>
    ) => Effect.Effect<A, E | OAuthTokenError | ConfigError | FileError | LockError>
    /** Runs what ends the bridge at a path; newer tokens of an account's own login go back to it before. */
    readonly settling: <A, E>(
      path: string,
      end: Effect.Effect<A, E>
    ) => Effect.Effect<SettledBridge<A>, E | OAuthTokenError | FileError | LockError>
  }
>() {}

const over = (flow: BridgeWorld["flow"]) =>
  Effect.gen(function* () {
    const world: BridgeWorld = {
      flow,
      files: yield* CredentialFiles,
      locations: yield* Locations,
      store: yield* TokenStore,
      config: yield* ConfigStore,
      bridges: yield* Bridge
    }

    return BridgeTokens.of({
      ofAccount: (account) => accountPlace(world, account),
      ofBridge: (account, path) => bridgePlace(world, account, path),
      sharing: (account, target, use) => sharing(world, account, target, use),
      settling: (path, end) => settling(world, path, end)
    })
  })

export const make = Effect.flatMap(OAuthFlow, (flow) => over(Option.some(flow)))

/** For a process that refreshes nothing, and so asks nobody whose tokens a bridge holds. */
export const makeForReading = over(Option.none())

export const layer: Layer.Layer<
  BridgeTokens,
  never,
  CredentialFiles | Locations | TokenStore | ConfigStore | Bridge | OAuthFlow
> = Layer.effect(BridgeTokens, make)
