/**
 * Accounts, sessions and authenticated requests for Mixpanel.
 *
 * `layer` of `effect-mixpanel/node` answers everything on Node; `SessionResolver` says who calls and what about; `Mixpanel` and
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
} from "./domain/account/Account.ts"
export { ActiveSession, Target } from "./domain/session/SavedSession.ts"
export {
  BridgeFile,
  type BridgeSource,
  type BridgeSources,
  type LoadedBridge,
  noBridges
} from "./domain/session/BridgeFile.ts"
export {
  AccountName,
  ProjectId,
  Region,
  regions,
  TargetName,
  WorkspaceId
} from "./domain/account/identifiers.ts"
export { Me, type MeOrganization, type MeProject, type MeWorkspace } from "./domain/api/Me.ts"
export { Segmentation, type SegmentationQuery, type SegmentationUnit } from "./domain/api/Segmentation.ts"
export type { ExportQuery } from "./domain/api/ExportQuery.ts"
export type { FailedRecord, ImportReport } from "./domain/api/ImportReport.ts"
export { MixpanelEvent } from "./domain/api/MixpanelEvent.ts"
export type { ApiFamily } from "./domain/api/Endpoints.ts"
export { ClientRegistration } from "./domain/oauth/ClientRegistration.ts"
export { PendingLogin } from "./domain/oauth/PendingLogin.ts"
export type { DeadToken } from "./domain/oauth/DeadToken.ts"
export { OAuthTokens } from "./domain/oauth/OAuthTokens.ts"
export { CredentialOrigin, Session, type SessionChanges, Project, WorkspaceRef } from "./domain/session/Session.ts"
export { SessionHeaders } from "./domain/session/SessionHeaders.ts"
export type { AccountCaller, Caller, CredentialCaller, Identity } from "./domain/session/Caller.ts"
export type { SessionRequest } from "./domain/session/SessionRequest.ts"
export type { FindingId } from "./domain/doctor/catalogue.ts"
export type { Area, Severity } from "./domain/doctor/Kind.ts"
export type { Answered, PathFacts, Reached } from "./domain/doctor/Facts.ts"
export type { Finding, Repair, Subject } from "./domain/doctor/Finding.ts"

// Decisions without a world, for those who build on them
export * as AuthMethod from "./domain/api/AuthMethod.ts"
export * as ConfigDocument from "./domain/config/ConfigDocument.ts"
export * as ConfigEdits from "./domain/config/ConfigEdits.ts"
export * as Endpoints from "./domain/api/Endpoints.ts"
export * as Resolution from "./domain/session/Resolution.ts"

// What can go wrong
export * from "./domain/api/ApiError.ts"
export { CredentialWithheld } from "./domain/credential/CredentialWithheld.ts"
export { CredentialSourceFailed, type SourceProblem } from "./domain/account/CredentialSourceFailed.ts"
export { CredentialNotAccepted } from "./domain/api/AuthMethod.ts"
export type { CredentialSource } from "./domain/account/CredentialSource.ts"
export type { Code } from "./domain/codes.ts"
export {
  AccountExists,
  AccountInUse,
  AccountNotFound,
  ConfigError,
  type EditError,
  type ErrorInfo,
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
export type { Command } from "./domain/hints/Command.ts"
export { BudgetSpent } from "./domain/budget/BudgetSpent.ts"
export { type BudgetLimits, type BudgetState, mixpanelLimits } from "./domain/budget/QueryLog.ts"
export {
  Claimed,
  type ClaimError,
  StorageError,
  type StorageOperation,
  type StoringError,
  Superseded
} from "./domain/storage/StorageError.ts"
export { MintedElsewhere } from "./domain/oauth/AuthorizationServer.ts"
export * from "./domain/oauth/OAuthError.ts"

// What can be asked for
export {
  AccountCheck,
  type AccountCheckResult,
  type VerifiedAccount,
  type VerifiedUser
} from "./services/login/AccountCheck.ts"
export {
  type AccountDetails,
  Accounts,
  type AccountStatus,
  type AccountSummary,
  type BrokenAccount
} from "./services/config/Accounts.ts"
export { ActiveSessions } from "./services/config/ActiveSessions.ts"
export { Audit, type AuditEntry, type AuditShape, type AuditTrail } from "./services/audit/Audit.ts"
export type { AuditEvent, AuditRecord } from "./domain/audit/AuditRecord.ts"
export { Bridge } from "./services/bridge/Bridge.ts"
export {
  BridgeExport,
  type BridgeExportError,
  type BridgeRequest,
  type RemovedBridge,
  type WrittenBridge
} from "./services/bridge/BridgeExport.ts"
export { BridgeTokens, type ReplacedBridge } from "./services/bridge/BridgeTokens.ts"

export type {
  ClaimedTokens,
  ReadError,
  Reservation,
  SeenTokens,
  TokenLocation
} from "./services/tokens/TokenLocation.ts"
export { ChildEnvironment, type ChildVariables } from "./services/session/ChildEnvironment.ts"
export {
  ConfigMigration,
  type Migration,
  type MigrationError,
  type TokenMove,
  type TokensLeft
} from "./services/config/ConfigMigration.ts"
export { ConfigStore } from "./services/config/ConfigStore.ts"
export {
  CurrentSession,
  type CurrentSessionShape,
  type SessionSwitch,
  type SwitchError
} from "./services/session/CurrentSession.ts"
export type { DirectoryChoice, DirectoryRule } from "./domain/config/directories.ts"
export { type DirectoryPlace, type DirectorySources, noDirectories } from "./domain/session/DirectorySources.ts"
export { Directories } from "./services/config/Directories.ts"
export { Doctor, type FixResult, type Report } from "./services/doctor/Doctor.ts"
export { type Abandoned, FileInspector, type FileInspectorShape } from "./services/platform/FileInspector.ts"
export { CredentialFiles, type CredentialFilesShape } from "./services/platform/CredentialFiles.ts"
export { type BridgeSearch, type Host, Locations, type Paths, type QueryLogs } from "./services/platform/Locations.ts"
export { OwnProgram, type Program } from "./services/platform/OwnProgram.ts"
export { Browser } from "./services/oauth/Browser.ts"
export {
  CallbackListener,
  type CallbackPage,
  type CallbackRequest,
  type CallbackVerdict
} from "./services/oauth/CallbackListener.ts"
export { ClientStore } from "./services/oauth/ClientStore.ts"
export { Discovery, type DiscoveryOptions, type DiscoveryShape } from "./services/api/Discovery.ts"
export {
  type BudgetKey,
  BudgetPolicy,
  type BudgetPolicyShape,
  defaultBudgetPolicy,
  type Permit,
  QueryBudget,
  type QueryBudgetShape
} from "./services/budget/QueryBudget.ts"
export type { BudgetOptions } from "./services/budget/BudgetEngine.ts"
export { CheckHistory } from "./services/login/CheckHistory.ts"
export {
  Login,
  /** The former name. */
  Login as AccountLogin
} from "./services/login/Login.ts"
export type {
  LoggedIn,
  LoggedOut,
  LoginOptions,
  SignedIn,
  SignInError,
  SignInRequest
} from "./services/login/SignIn.ts"
export type { BareCredential, LoginCredential } from "./domain/login/LoginCredential.ts"
export type { Candidate as ProjectCandidate } from "./domain/login/projectChoice.ts"
export { type FoundRegion, type ProbeEvent, type ProbeRequest, RegionProbe } from "./services/login/RegionProbe.ts"
export { MeCache } from "./services/api/MeCache.ts"
export {
  StaticCredentials,
  type StaticAccount,
  type StaticCredentialsShape
} from "./services/tokens/StaticCredentials.ts"
export { ExternalSecrets, type ExternalSecretsShape, type SecretCommand } from "./services/platform/ExternalSecrets.ts"
export type { FinishError, StartedLogin, StartError, StartRequest } from "./services/oauth/authorization.ts"
export type { LoginEvent, LoginRequest } from "./services/oauth/LoginRequest.ts"
export { OAuthFlow } from "./services/oauth/OAuthFlow.ts"
export { OverrideListener, type OverrideListenerShape } from "./services/api/OverrideListener.ts"
export { Crypto } from "./services/platform/Crypto.ts"
export {
  type Change,
  type Claim,
  type ClaimOptions,
  CredentialStorage,
  type CredentialStorageShape,
  type Entry,
  type Expected,
  type PutOptions
} from "./services/storage/CredentialStorage.ts"
export { makeCredentialStorage } from "./services/storage/makeCredentialStorage.ts"
export { type Call, Mixpanel, type MixpanelShape } from "./services/api/Mixpanel.ts"
export {
  MixpanelHttpClient,
  type MixpanelHttpClientShape,
  type RelayedResponse,
  type RequestOptions
} from "./services/api/MixpanelHttpClient.ts"
export type { ImportOptions } from "./services/api/events/importEvents.ts"
export type { TrackOptions } from "./services/api/events/trackEvents.ts"
export { ProjectCredentials } from "./services/api/ProjectCredentials.ts"
export { SessionResolver } from "./services/session/SessionResolver.ts"
export { Targets } from "./services/config/Targets.ts"
export {
  type Bearer,
  type BearerAccount,
  TokenResolver,
  type TokenResolverShape
} from "./services/tokens/TokenResolver.ts"
export type { StoredTokens } from "./services/tokens/tokenEntry.ts"
export { type TokenClaim, TokenStore, type TokenStoreShape } from "./services/tokens/TokenStore.ts"
export { TokenSettings, type TokenSettingsShape } from "./services/tokens/TokenSettings.ts"

// How services are made of services; files, network and browser of Node are in `effect-mixpanel/node`
export { type ConfiguredSession, layerConfig, stateless, type StatelessServices } from "./services/stateless.ts"
export * as Layers from "./services/layers.ts"

export { version } from "./domain/internal/version.ts"
