/**
 * The layers that need only other services, by the name of the service that each answers: for compositions of your own.
 *
 * @example
 * ```ts
 * const bearersFromVault = Layers.tokenResolver.pipe(Layer.provide(Layer.succeed(TokenStore, vault)))
 * ```
 */
export { layer as accountCheck } from "./login/AccountCheck.ts"
export { layer as accounts } from "./config/Accounts.ts"
export { layer as activeSessions } from "./config/ActiveSessions.ts"
export { layer as audit } from "./audit/Audit.ts"
export { layer as bridge } from "./bridge/Bridge.ts"
export { layer as bridgeExport } from "./bridge/BridgeExport.ts"
export { layer as bridgeTokens } from "./bridge/BridgeTokens.ts"
export { layer as childEnvironment } from "./session/ChildEnvironment.ts"
export { layer as clientStore } from "./oauth/ClientStore.ts"
export { layer as configMigration } from "./config/ConfigMigration.ts"
export { layer as configStore } from "./config/ConfigStore.ts"
export { layer as directories } from "./config/Directories.ts"
export { layer as diskBudget } from "./budget/DiskBudget.ts"
export { layer as diskStorage } from "./storage/DiskStorage.ts"
export { layer as discovery } from "./api/Discovery.ts"
export { layer as doctor } from "./doctor/Doctor.ts"
export { layer as lastTests } from "./login/CheckHistory.ts"
export { layer as login } from "./login/Login.ts"
export { layer as meCache } from "./api/MeCache.ts"
export { layer as memoryBudget } from "./budget/MemoryBudget.ts"
export { layer as mixpanel } from "./api/Mixpanel.ts"
export { layer as mixpanelHttpClient } from "./api/MixpanelHttpClient.ts"
export { layer as oauthFlow } from "./oauth/flow.ts"
export { layer as projectCredentials } from "./api/ProjectCredentials.ts"
export { layer as regionProbe } from "./login/RegionProbe.ts"
export { layer as sessionResolver } from "./session/SessionResolver.ts"
export { layer as staticCredentials } from "./tokens/StaticCredentials.ts"
export { layer as targets } from "./config/Targets.ts"
export { layer as tokenResolver } from "./tokens/TokenResolver.ts"
export { layer as tokenStore } from "./tokens/TokenStore.ts"
export { layer as webCrypto } from "./platform/Crypto.ts"
