/** Everything that is decided from files and variables alone: no network. */
import * as Layer from "effect/Layer"
import * as Accounts from "../services/Accounts.ts"
import * as ActiveSessions from "../services/ActiveSessions.ts"
import * as Bridge from "../services/Bridge.ts"
import * as ConfigStore from "../services/ConfigStore.ts"
import * as MeCache from "../services/MeCache.ts"
import * as ProjectCredentials from "../services/ProjectCredentials.ts"
import * as SessionResolver from "../services/SessionResolver.ts"
import * as Targets from "../services/Targets.ts"
import * as TokenResolver from "../services/TokenResolver.ts"
import * as TokenStore from "../services/TokenStore.ts"

const roots = Layer.mergeAll(ConfigStore.layer, Bridge.layer, TokenStore.layer, MeCache.layer)

/**
 * The offline services over any `CredentialFiles` and `Locations`: on disk in an app, in memory in a test.
 */
export const layer = Layer.mergeAll(
  Accounts.layer,
  Targets.layer,
  ActiveSessions.layer,
  SessionResolver.layer,
  TokenResolver.layer,
  ProjectCredentials.layer
).pipe(Layer.provideMerge(roots))
