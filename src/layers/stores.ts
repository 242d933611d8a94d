/** Everything that is decided from files and variables alone: no network. */
import * as Layer from "effect/Layer"
import * as Accounts from "../services/config/Accounts.ts"
import * as ActiveSessions from "../services/config/ActiveSessions.ts"
import * as Bridge from "../services/bridge/Bridge.ts"
import * as BridgeExport from "../services/bridge/BridgeExport.ts"
import * as BridgeTokens from "../services/bridge/BridgeTokens.ts"
import * as ChildEnvironment from "../services/session/ChildEnvironment.ts"
import * as ConfigMigration from "../services/config/ConfigMigration.ts"
import * as ConfigStore from "../services/config/ConfigStore.ts"
import * as CheckHistory from "../services/login/CheckHistory.ts"
import * as MeCache from "../services/api/MeCache.ts"
import * as ProjectCredentials from "../services/api/ProjectCredentials.ts"
import * as SessionResolver from "../services/session/SessionResolver.ts"
import * as Targets from "../services/config/Targets.ts"
import * as TokenResolver from "../services/tokens/TokenResolver.ts"
import * as TokenStore from "../services/tokens/TokenStore.ts"

const roots = Layer.mergeAll(ConfigStore.layer, Bridge.layer, TokenStore.layer, MeCache.layer, CheckHistory.layer)

/**
 * The offline services over any `CredentialFiles` and `Locations`: on disk in an app, in memory in a test.
 */
export const layer = Layer.mergeAll(
  Accounts.layer,
  Targets.layer,
  ActiveSessions.layer,
  SessionResolver.layer,
  BridgeExport.layer,
  ProjectCredentials.layer,
  ChildEnvironment.layer,
  ConfigMigration.layer
).pipe(Layer.provideMerge(TokenResolver.layer), Layer.provideMerge(BridgeTokens.layer), Layer.provideMerge(roots))
