/** What the parts of `BridgeTokens` speak to. */
import type * as Context from "effect/Context"
import type * as Option from "effect/Option"
import type { OAuthBrowserAccount } from "../../domain/account/Account.ts"
import type { LoadedBridge } from "../../domain/session/BridgeSources.ts"
import type { Bridge } from "./Bridge.ts"
import type { ConfigStore } from "../config/ConfigStore.ts"
import type { CredentialFiles } from "../platform/CredentialFiles.ts"
import type { Crypto } from "../platform/Crypto.ts"
import type { Locations } from "../platform/Locations.ts"
import type { OAuthFlow } from "../oauth/OAuthFlow.ts"
import type { TokenStore } from "../tokens/TokenStore.ts"
import { type BridgeTokenFile, bridgeTokenFile } from "./BridgeTokenFile.ts"

export interface BridgeDeps {
  readonly files: Context.Tag.Service<CredentialFiles>
  readonly locations: Context.Tag.Service<Locations>
  readonly crypto: Context.Tag.Service<Crypto>
  readonly store: Context.Tag.Service<TokenStore>
  readonly config: Context.Tag.Service<ConfigStore>
  readonly bridges: Context.Tag.Service<Bridge>
  /** `None` for a process that only looks: it adopts nothing. */
  readonly flow: Option.Option<Context.Tag.Service<OAuthFlow>>
}

export const tokenFileOf = (deps: BridgeDeps, path: string): BridgeTokenFile => bridgeTokenFile(deps, path)

/** Whether a bridge is about this account: the name alone could be anybody's. */
export const carries = ({ file }: LoadedBridge, account: OAuthBrowserAccount): boolean =>
  file.account.type === "oauth_browser" && file.account.name === account.name && file.account.region === account.region
