/**
 * Every layer by the name of the service that it answers, for compositions of one's own: leave one out and
 * put another in its place.
 *
 * @example
 * ```ts
 * const withVault = Layers.tokenResolver.pipe(Layer.provide(Layer.succeed(TokenStore, vault)))
 * ```
 */
export { layer as accountCheck } from "../services/AccountCheck.ts"
export { layer as accountLogin } from "../services/AccountLogin.ts"
export { layer as accounts } from "../services/Accounts.ts"
export { layer as activeSessions } from "../services/ActiveSessions.ts"
export { layer as bridge } from "../services/Bridge.ts"
export { layer as bridgeExport } from "../services/BridgeExport.ts"
export { layer as bridgeTokens } from "../services/BridgeTokens.ts"
export { layer as clientStore } from "../services/ClientStore.ts"
export { layer as configStore } from "../services/ConfigStore.ts"
export { layer as discovery } from "../services/Discovery.ts"
export { layer as lastTests } from "../services/LastTests.ts"
export { layer as meCache } from "../services/MeCache.ts"
export { layer as mixpanel } from "../services/Mixpanel.ts"
export { layer as mixpanelHttpClient } from "../services/MixpanelHttpClient.ts"
export { layer as oauthFlow } from "../services/oauth/flow.ts"
export { layer as projectCredentials } from "../services/ProjectCredentials.ts"
export { layer as sessionResolver } from "../services/SessionResolver.ts"
export { layer as targets } from "../services/Targets.ts"
export { layer as tokenResolver } from "../services/TokenResolver.ts"
export { layer as tokenStore } from "../services/TokenStore.ts"
export { layer as diskFiles } from "./disk/DiskFiles.ts"
export { layer as transport } from "./node/http/UndiciHttp.ts"
export { layer as nodeLocations } from "./NodeLocations.ts"
export { layer as loopbackListener } from "./oauth/LoopbackListener.ts"
export { layer as nodeRandom } from "./oauth/NodeRandom.ts"
export { layer as systemBrowser } from "./oauth/SystemBrowser.ts"
