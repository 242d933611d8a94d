/**
 * Every layer by the name of the service that it answers, for compositions of one's own: leave one out and
 * put another in its place.
 *
 * @example
 * ```ts
 * const withVault = Layers.tokenResolver.pipe(Layer.provide(Layer.succeed(TokenStore, vault)))
 * ```
 */
export { layer as accountCheck } from "../../services/login/AccountCheck.ts"
export { layer as accounts } from "../../services/config/Accounts.ts"
export { layer as activeSessions } from "../../services/config/ActiveSessions.ts"
export { layer as bridge } from "../../services/bridge/Bridge.ts"
export { layer as bridgeExport } from "../../services/bridge/BridgeExport.ts"
export { layer as bridgeTokens } from "../../services/bridge/BridgeTokens.ts"
export { layer as clientStore } from "../../services/oauth/ClientStore.ts"
export { layer as configStore } from "../../services/config/ConfigStore.ts"
export { layer as discovery } from "../../services/api/Discovery.ts"
export { layer as checkHistory } from "../../services/login/CheckHistory.ts"
export { layer as login } from "../../services/login/Login.ts"
export { layer as regionProbe } from "../../services/login/RegionProbe.ts"
export { layer as meCache } from "../../services/api/MeCache.ts"
export { layer as mixpanel } from "../../services/api/Mixpanel.ts"
export { layer as mixpanelHttpClient } from "../../services/api/MixpanelHttpClient.ts"
export { layer as oauthFlow } from "../../services/oauth/flow.ts"
export { layer as projectCredentials } from "../../services/api/ProjectCredentials.ts"
export { layer as sessionResolver } from "../../services/session/SessionResolver.ts"
export { layer as targets } from "../../services/config/Targets.ts"
export { layer as tokenResolver } from "../../services/tokens/TokenResolver.ts"
export { layer as tokenStore } from "../../services/tokens/TokenStore.ts"
export { layer as diskFiles } from "./files/DiskFiles.ts"
export { layer as transport } from "./http/UndiciHttp.ts"
export { layer as nodeLocations } from "./locations.ts"
export { layer as loopbackListener } from "./login/LoopbackListener.ts"
export { layer as nodeCrypto } from "./crypto.ts"
export { layer as systemBrowser } from "./login/SystemBrowser.ts"
