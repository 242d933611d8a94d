/**
 * Accounts, sessions and authenticated requests for Mixpanel.
 *
 * `layer` answers everything on Node; `SessionResolver` says who calls and what about; `Mixpanel` and
 * `MixpanelHttpClient` do the calls. What goes wrong is a tagged error with `code`, `message` and `hints`.
 */

// What things are
export {
  Account,
  AccountType,
  OAuthBrowserAccount,
  OAuthTokenAccount,
  ServiceAccount,
  isLongLived
} from "./domain/Account.ts"
export { ActiveSession } from "./domain/ActiveSession.ts"
export { BridgeFile } from "./domain/BridgeFile.ts"
export { type BridgeSource, type BridgeSources, type LoadedBridge, noBridges } from "./domain/BridgeSources.ts"
export {
  AccountName,
  ProjectId,
  Region,
  regions,
  TargetName,
  WorkspaceId
} from "./domain/identifiers.ts"
export type { Me, MeOrganization, MeProject, MeWorkspace } from "./domain/Me.ts"
export type { Segmentation, SegmentationQuery, SegmentationUnit } from "./domain/api/Segmentation.ts"
export type { ApiFamily } from "./domain/Endpoints.ts"
export type { Identity } from "./domain/Resolution.ts"
export { ClientRegistration } from "./domain/oauth/ClientRegistration.ts"
export { OAuthTokens } from "./domain/OAuthTokens.ts"
export { Project } from "./domain/Project.ts"
export { CredentialOrigin, Session, type SessionChanges } from "./domain/Session.ts"
export { SessionHeaders } from "./domain/SessionHeaders.ts"
export type { Caller } from "./domain/probeSession.ts"
export type { SessionRequest } from "./domain/SessionRequest.ts"
export type { Area, FindingId, Severity } from "./domain/doctor/catalogue.ts"
export type { Answered, PathFacts, Reached } from "./domain/doctor/Facts.ts"
export type { Finding, Repair, Subject } from "./domain/doctor/Finding.ts"
export { Target } from "./domain/Target.ts"
export { WorkspaceRef } from "./domain/WorkspaceRef.ts"

// Decisions without a world, for those who build on them
export * as AuthMethod from "./domain/AuthMethod.ts"
export * as ConfigDocument from "./domain/ConfigDocument.ts"
export * as ConfigEdits from "./domain/ConfigEdits.ts"
export * as Endpoints from "./domain/Endpoints.ts"
export * as Resolution from "./domain/Resolution.ts"

// What can go wrong
export * from "./domain/ApiError.ts"
export { CredentialNotAccepted } from "./domain/AuthMethod.ts"
export {
  AccountExists,
  AccountInUse,
  AccountNotFound,
  ConfigError,
  type EditError,
  type Explained,
  FileError,
  type FileProblem,
  InvalidArgument,
  type LockError,
  type LockHolder,
  LockLost,
  LockTimeout,
  NoAccount,
  NoProject,
  NoWorkspaces,
  ProjectNotFound,
  type ResolutionError,
  TargetExists,
  TargetNotFound
} from "./domain/errors.ts"
export type { Command } from "./domain/Command.ts"
export * from "./domain/OAuthError.ts"

// What can be asked for
export {
  AccountCheck,
  type AccountCheckResult,
  type VerifiedAccount,
  type VerifiedUser
} from "./services/AccountCheck.ts"
export {
  type AccountDetails,
  Accounts,
  type AccountStatus,
  type AccountSummary,
  type BrokenAccount
} from "./services/Accounts.ts"
export { ActiveSessions } from "./services/ActiveSessions.ts"
export { Bridge } from "./services/Bridge.ts"
export {
  BridgeExport,
  type BridgeExportError,
  type BridgeRequest,
  type RemovedBridge,
  type WrittenBridge
} from "./services/BridgeExport.ts"
export { BridgeTokens } from "./services/BridgeTokens.ts"
export type { SettledBridge } from "./services/oauth/bridgeSettlement.ts"
export type { HeldPlace, TokenPlace } from "./services/oauth/TokenPlace.ts"
export { ChildEnvironment, type ChildVariables } from "./services/ChildEnvironment.ts"
export {
  ConfigMigration,
  type Migration,
  type MigrationError,
  type TokenMove,
  type TokensLeft
} from "./services/ConfigMigration.ts"
export { ConfigStore } from "./services/ConfigStore.ts"
export {
  CurrentSession,
  type CurrentSessionShape,
  type SessionSwitch,
  type SwitchError
} from "./services/CurrentSession.ts"
export {
  AccountLogin,
  type LoggedIn,
  type LoggedOut,
  type LoginOptions
} from "./services/AccountLogin.ts"
export { type Checkup, Doctor, type Mended } from "./services/Doctor.ts"
export { type Abandoned, FileInspector, type FileInspectorShape } from "./services/FileInspector.ts"
export { CredentialFiles, type CredentialFilesShape } from "./services/CredentialFiles.ts"
export { type Host, make as makeLocations } from "./layers/NodeLocations.ts"
export { type BridgeSearch, Locations } from "./services/Locations.ts"
export { Browser } from "./services/Browser.ts"
export {
  CallbackListener,
  type CallbackPage,
  type CallbackRequest,
  type CallbackVerdict
} from "./services/CallbackListener.ts"
export { ClientStore } from "./services/ClientStore.ts"
export { Discovery, type DiscoveryOptions, type DiscoveryShape } from "./services/Discovery.ts"
export { LastTests } from "./services/LastTests.ts"
export { Login, type SignedIn, type SignInError, type SignInRequest } from "./services/Login.ts"
export type { LoginCredential } from "./domain/login/LoginCredential.ts"
export type { Candidate as ProjectCandidate } from "./domain/login/projectChoice.ts"
export { type FoundRegion, type ProbeEvent, type ProbeRequest, RegionProbe } from "./services/RegionProbe.ts"
export { MeCache } from "./services/MeCache.ts"
export type { LoginEvent, LoginRequest } from "./services/oauth/LoginRequest.ts"
export { OAuthFlow } from "./services/OAuthFlow.ts"
export { OverrideListener, type OverrideListenerShape } from "./services/OverrideListener.ts"
export { SecureRandom } from "./services/SecureRandom.ts"
export { type Call, Mixpanel, type MixpanelShape } from "./services/Mixpanel.ts"
export { MixpanelHttpClient, type MixpanelHttpClientShape } from "./services/MixpanelHttpClient.ts"
export { ProjectCredentials } from "./services/ProjectCredentials.ts"
export { SessionResolver } from "./services/SessionResolver.ts"
export { Targets } from "./services/Targets.ts"
export {
  type Bearer,
  type BearerAccount,
  TokenResolver,
  type TokenResolverShape
} from "./services/TokenResolver.ts"
export { type Reservation, TokenStore, type TokenStoreShape } from "./services/TokenStore.ts"

// How the world answers
export { disk, layer, oauth, offline } from "./layers/live.ts"
export { hands } from "./layers/oauth.ts"
export { clients } from "./layers/online.ts"
export * as Layers from "./layers/parts.ts"
export { layer as stores } from "./layers/stores.ts"
export { layer as transport } from "./layers/node/http/UndiciHttp.ts"

export { version } from "./domain/version.ts"
