import * as HttpClient from "@effect/platform/HttpClient"
import * as Path from "@effect/platform/Path"
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import { InvalidArgument } from "../domain/errors.ts"
import * as Discovery from "./api/Discovery.ts"
import * as MeCache from "./api/MeCache.ts"
import * as Mixpanel from "./api/Mixpanel.ts"
import * as MixpanelHttpClient from "./api/MixpanelHttpClient.ts"
import * as ProjectCredentials from "./api/ProjectCredentials.ts"
import * as Audit from "./audit/Audit.ts"
import * as Bridge from "./bridge/Bridge.ts"
import * as BridgeExport from "./bridge/BridgeExport.ts"
import * as BridgeTokens from "./bridge/BridgeTokens.ts"
import * as Accounts from "./config/Accounts.ts"
import * as ActiveSessions from "./config/ActiveSessions.ts"
import * as ConfigMigration from "./config/ConfigMigration.ts"
import * as ConfigStore from "./config/ConfigStore.ts"
import * as Directories from "./config/Directories.ts"
import * as Targets from "./config/Targets.ts"
import * as Doctor from "./doctor/Doctor.ts"
import * as AccountCheck from "./login/AccountCheck.ts"
import * as CheckHistory from "./login/CheckHistory.ts"
import * as Login from "./login/Login.ts"
import * as RegionProbe from "./login/RegionProbe.ts"
import { Browser } from "./oauth/Browser.ts"
import { CallbackListener } from "./oauth/CallbackListener.ts"
import * as ClientStore from "./oauth/ClientStore.ts"
import * as OAuthFlow from "./oauth/flow.ts"
import { OAuthFlow as OAuthFlowTag } from "./oauth/OAuthFlow.ts"
import * as DiskBudget from "./budget/DiskBudget.ts"
import { QueryBudget } from "./budget/QueryBudget.ts"
import { CredentialFiles } from "./platform/CredentialFiles.ts"
import { Crypto } from "./platform/Crypto.ts"
import * as ExternalSecrets from "./platform/ExternalSecrets.ts"
import { FileInspector } from "./platform/FileInspector.ts"
import { Locations } from "./platform/Locations.ts"
import { timedLocks } from "./platform/timedLocks.ts"
import * as ChildEnvironment from "./session/ChildEnvironment.ts"
import * as SessionResolver from "./session/SessionResolver.ts"
import { CredentialStorage } from "./storage/CredentialStorage.ts"
import * as DiskStorage from "./storage/DiskStorage.ts"
import * as StaticCredentials from "./tokens/StaticCredentials.ts"
import * as TokenResolver from "./tokens/TokenResolver.ts"
import * as TokenStore from "./tokens/TokenStore.ts"

type Given<Service> = Layer.Layer<Service, unknown, unknown>

/** What can be replaced, and by what name. */
const replaceable = {
  credentialFiles: CredentialFiles,
  fileInspector: FileInspector,
  locations: Locations,
  crypto: Crypto,
  path: Path.Path,
  browser: Browser,
  callbackListener: CallbackListener,
  externalSecrets: ExternalSecrets.ExternalSecrets,
  httpClient: HttpClient.HttpClient,
  /** What the other stores stand on: the files of this machine, or an engine that machines share. Bridges stay files. */
  credentialStorage: CredentialStorage,
  configStore: ConfigStore.ConfigStore,
  tokenStore: TokenStore.TokenStore,
  clientStore: ClientStore.ClientStore,
  meCache: MeCache.MeCache,
  lastTests: CheckHistory.CheckHistory,
  bridge: Bridge.Bridge,
  audit: Audit.Audit,
  /** 60 queries an hour and 5 at once, counted on this machine, or on an engine that machines share. */
  queryBudget: QueryBudget,
  projectCredentials: ProjectCredentials.ProjectCredentials,
  oauthFlow: OAuthFlowTag,
  tokenResolver: TokenResolver.TokenResolver
}

type Name = keyof typeof replaceable
type Answers<Names extends Name> = Context.Tag.Identifier<(typeof replaceable)[Names]>
type LayersOf<Names extends Name> = { readonly [Key in Names]: Given<Answers<Key>> }

type Store =
  | "credentialStorage"
  | "configStore"
  | "tokenStore"
  | "clientStore"
  | "meCache"
  | "lastTests"
  | "bridge"
  | "queryBudget"
type Decider = "audit" | "projectCredentials" | "oauthFlow" | "tokenResolver"
/** What touches the world. A runtime need not have programs and files that give credentials. */
type Root = Exclude<Name, Store | Decider>

export type Replaceable = Partial<LayersOf<Name>>

type GivenParts = LayersOf<Exclude<Root, "externalSecrets">> & Replaceable & { readonly userAgent: string }

/** What was given, for callers without types too: what would be ignored, and what is no layer, is told at once. */
export const checked = (given: Replaceable): Replaceable => {
  const parts = Object.entries(given).filter(([, layer]) => layer !== undefined)
  for (const [field, layer] of parts) {
    if (!Object.hasOwn(replaceable, field)) {
      throw wrong(
        field,
        `layerWith knows no '${field}', which would be ignored. It takes ${Object.keys(replaceable).join(", ")}.`
      )
    }
    if (!Layer.isLayer(layer)) throw wrong(field, `The ${field} of layerWith is no Layer.`)
  }
  return Object.fromEntries(parts)
}

const wrong = (field: string, message: string) => new InvalidArgument({ message, hints: [], details: { field } })

type BaseServices = Answers<"credentialFiles" | "fileInspector" | "locations" | "crypto" | "externalSecrets">

type StoreServices = BaseServices | Answers<Store>

export type Services =
  | StoreServices
  | AccountCheck.AccountCheck
  | Accounts.Accounts
  | ActiveSessions.ActiveSessions
  | Audit.Audit
  | BridgeExport.BridgeExport
  | BridgeTokens.BridgeTokens
  | ChildEnvironment.ChildEnvironment
  | ConfigMigration.ConfigMigration
  | Directories.Directories
  | Discovery.Discovery
  | Doctor.Doctor
  | Login.Login
  | Mixpanel.Mixpanel
  | MixpanelHttpClient.MixpanelHttpClient
  | OAuthFlowTag
  | ProjectCredentials.ProjectCredentials
  | RegionProbe.RegionProbe
  | SessionResolver.SessionResolver
  | StaticCredentials.StaticCredentials
  | Targets.Targets
  | TokenResolver.TokenResolver

/** What a replacement finds there already, by where it stands. */
type FoundBy<Key> = Key extends Root
  ? never
  :
      | HttpClient.HttpClient
      | (Key extends "credentialStorage"
          ? BaseServices
          : Key extends Store
            ? BaseServices | CredentialStorage
            : StoreServices)

export type ErrorsOf<Parts> = {
  [Key in keyof Parts]: Parts[Key] extends Layer.Layer.Any ? Layer.Layer.Error<Parts[Key]> : never
}[keyof Parts]

export type NeedsOf<Parts> = {
  [Key in keyof Parts]: Parts[Key] extends Layer.Layer.Any
    ? Exclude<Layer.Layer.Context<Parts[Key]>, FoundBy<Key>>
    : never
}[keyof Parts]

/** A layer that answers more than it is given for hides nothing of the others. */
const only = <Id, Service>(tag: Context.Tag<Id, Service>, layer: Given<Id>): Given<Id> =>
  Layer.map(layer, Context.pick(tag))

/**
 * Every service of this library over the given parts. What is given is what every other service gets, and what it
 * replaces is not built. Ours are made anew for each composition: layers are remembered by reference, and one that two
 * compositions shared would keep the parts of the first.
 */
export function compose<Parts extends GivenParts>(parts: Parts): Layer.Layer<Services, ErrorsOf<Parts>, NeedsOf<Parts>>
export function compose(parts: GivenParts): Layer.Layer<Services, unknown, unknown> {
  const base = Layer.mergeAll(
    Layer.map(only(CredentialFiles, parts.credentialFiles), (given) =>
      Context.make(CredentialFiles, timedLocks(Context.get(given, CredentialFiles)))
    ),
    only(FileInspector, parts.fileInspector),
    only(Locations, parts.locations),
    only(Crypto, parts.crypto),
    only(ExternalSecrets.ExternalSecrets, parts.externalSecrets ?? ExternalSecrets.none)
  )
  // Its locks are not those whose waits are measured.
  const ownBudget = Layer.provide(DiskBudget.layer(), only(CredentialFiles, parts.credentialFiles))
  const stores = Layer.mergeAll(
    only(ConfigStore.ConfigStore, parts.configStore ?? Layer.fresh(ConfigStore.layer)),
    only(TokenStore.TokenStore, parts.tokenStore ?? Layer.fresh(TokenStore.layer)),
    only(ClientStore.ClientStore, parts.clientStore ?? Layer.fresh(ClientStore.layer)),
    only(MeCache.MeCache, parts.meCache ?? Layer.fresh(MeCache.layer)),
    only(CheckHistory.CheckHistory, parts.lastTests ?? Layer.fresh(CheckHistory.layer)),
    only(Bridge.Bridge, parts.bridge ?? Layer.fresh(Bridge.layer)),
    only(QueryBudget, parts.queryBudget ?? ownBudget)
  )
  const storage = only(CredentialStorage, parts.credentialStorage ?? Layer.fresh(DiskStorage.layer))
  const ownFlow = Layer.provide(
    Layer.fresh(OAuthFlow.layer),
    Layer.merge(only(Browser, parts.browser), only(CallbackListener, parts.callbackListener))
  )
  const flow = only(OAuthFlowTag, parts.oauthFlow ?? ownFlow)
  const bearers = Layer.provideMerge(
    only(TokenResolver.TokenResolver, parts.tokenResolver ?? Layer.fresh(TokenResolver.layer)),
    Layer.fresh(BridgeTokens.layer)
  )
  const sessions = Layer.mergeAll(
    only(ProjectCredentials.ProjectCredentials, parts.projectCredentials ?? Layer.fresh(ProjectCredentials.layer)),
    Layer.fresh(Accounts.layer),
    Layer.fresh(ActiveSessions.layer),
    Layer.fresh(BridgeExport.layer),
    Layer.fresh(ChildEnvironment.layer),
    Layer.fresh(ConfigMigration.layer),
    Layer.fresh(Directories.layer),
    Layer.fresh(SessionResolver.layer),
    Layer.fresh(Targets.layer)
  )
  const logins = Layer.mergeAll(
    Layer.fresh(Login.layer),
    Layer.provide(Layer.fresh(Doctor.layer), only(Path.Path, parts.path))
  )
  return logins.pipe(
    Layer.provideMerge(Layer.fresh(RegionProbe.layer)),
    Layer.provideMerge(Layer.fresh(AccountCheck.layer)),
    Layer.provideMerge(Layer.fresh(Mixpanel.layer)),
    Layer.provideMerge(Layer.fresh(Discovery.layer)),
    Layer.provideMerge(Layer.fresh(MixpanelHttpClient.layerWith(parts.userAgent))),
    Layer.provideMerge(sessions),
    Layer.provideMerge(bearers),
    Layer.provideMerge(flow),
    Layer.provideMerge(only(Audit.Audit, parts.audit ?? Layer.fresh(Audit.layer))),
    Layer.provideMerge(Layer.fresh(StaticCredentials.layer)),
    Layer.provideMerge(stores),
    Layer.provideMerge(storage),
    Layer.provideMerge(base),
    Layer.provide(only(HttpClient.HttpClient, parts.httpClient))
  )
}
