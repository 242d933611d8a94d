/** Everything that is decided from files and variables alone: no network. */
import * as Layer from "effect/Layer"
import * as Accounts from "../services/Accounts.ts"
import * as ActiveSessions from "../services/ActiveSessions.ts"
import * as Bridge from "../services/Bridge.ts"
import * as BridgeExport from "../services/BridgeExport.ts"
import * as BridgeTokens from "../services/BridgeTokens.ts"
import * as ChildEnvironment from "../services/ChildEnvironment.ts"
import * as ConfigMigration from "../services/ConfigMigration.ts"
import * as ConfigStore from "../services/ConfigStore.ts"
import * as LastTests from "../services/LastTests.ts"
import * as MeCache from "../services/MeCache.ts"
import * as ProjectCredentials from "../services/ProjectCredentials.ts"
import * as SessionResolver from "../services/SessionResolver.ts"
import * as Targets from "../services/Targets.ts"
import * as TokenResolver from "../services/TokenResolver.ts"
import * as TokenStore from "../services/TokenStore.ts"

const roots = Layer.mergeAll(ConfigStore.layer, Bridge.layer, TokenStore.layer, MeCache.layer, LastTests.layer)

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
