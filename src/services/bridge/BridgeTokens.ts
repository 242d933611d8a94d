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
import { Crypto } from "../platform/Crypto.ts"
import { Locations } from "../platform/Locations.ts"
import { accountPlace, exportTokens } from "./bridgeAccount.ts"
import { bridgePlace } from "./bridgePlace.ts"
import { replaceBridge, type SettledBridge } from "./replaceBridge.ts"
import type { BridgeDeps } from "./BridgeDeps.ts"
import type { TokenLocation } from "../tokens/TokenLocation.ts"
import { OAuthFlow } from "../oauth/OAuthFlow.ts"
import { TokenStore } from "../tokens/TokenStore.ts"

export class BridgeTokens extends Context.Tag("effect-mixpanel/BridgeTokens")<
  BridgeTokens,
  {
    /** The account's own tokens; a refresh reaches the bridges that carry the same login. */
    readonly ofAccount: (account: OAuthBrowserAccount) => TokenLocation
    /** The tokens of the bridge at a path. */
    readonly ofBridge: (account: OAuthBrowserAccount, path: string) => TokenLocation
    /** Hands the account's newest tokens to whoever writes the bridge at `path`, while nobody changes either. */
    readonly exportTokens: <A, E>(
      account: OAuthBrowserAccount,
      target: { readonly path: string; readonly refreshable: boolean },
      use: (tokens: OAuthTokens) => Effect.Effect<A, E>
    ) => Effect.Effect<A, E | OAuthTokenError | ConfigError | FileError | LockError>
    /** Runs what ends the bridge at a path; newer tokens of an account's own login go back to it before. */
    readonly replaceBridge: <A, E>(
      path: string,
      end: Effect.Effect<A, E>
    ) => Effect.Effect<SettledBridge<A>, E | OAuthTokenError | FileError | LockError>
  }
>() {}

const over = (flow: BridgeDeps["flow"]) =>
  Effect.gen(function* () {
    const deps: BridgeDeps = {
      flow,
      files: yield* CredentialFiles,
      locations: yield* Locations,
      crypto: yield* Crypto,
      store: yield* TokenStore,
      config: yield* ConfigStore,
      bridges: yield* Bridge
    }

    return BridgeTokens.of({
      ofAccount: (account) => accountPlace(deps, account),
      ofBridge: (account, path) => bridgePlace(deps, account, path),
      exportTokens: (account, target, use) => exportTokens(deps, account, target, use),
      replaceBridge: (path, end) => replaceBridge(deps, path, end)
    })
  })

export const make = Effect.flatMap(OAuthFlow, (flow) => over(Option.some(flow)))

/** For a process that refreshes nothing, and so asks nobody whose tokens a bridge holds. */
export const makeForReading = over(Option.none())

export const layer: Layer.Layer<
  BridgeTokens,
  never,
  CredentialFiles | Crypto | Locations | TokenStore | ConfigStore | Bridge | OAuthFlow
> = Layer.effect(BridgeTokens, make)
