/**
 * The services of one command, over any `CredentialFiles` and `Locations`. What needs the network loads it by itself.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import { isOnDisk } from "../../domain/storage/storeVariables.ts"
import * as MeCache from "../../services/api/MeCache.ts"
import * as ProjectCredentials from "../../services/api/ProjectCredentials.ts"
import type * as Audit from "../../services/audit/Audit.ts"
import type * as Bridge from "../../services/bridge/Bridge.ts"
import * as BridgeTokens from "../../services/bridge/BridgeTokens.ts"
import * as Accounts from "../../services/config/Accounts.ts"
import * as ActiveSessions from "../../services/config/ActiveSessions.ts"
import type * as ConfigStore from "../../services/config/ConfigStore.ts"
import * as Directories from "../../services/config/Directories.ts"
import * as Targets from "../../services/config/Targets.ts"
import type * as CheckHistory from "../../services/login/CheckHistory.ts"
import * as ClientStore from "../../services/oauth/ClientStore.ts"
import { OAuthFlow } from "../../services/oauth/OAuthFlow.ts"
import type { CredentialFiles } from "../../services/platform/CredentialFiles.ts"
import { variable } from "../../services/platform/environment.ts"
import { ExternalSecrets } from "../../services/platform/ExternalSecrets.ts"
import type { Locations } from "../../services/platform/Locations.ts"
import * as ChildEnvironment from "../../services/session/ChildEnvironment.ts"
import type * as SessionResolver from "../../services/session/SessionResolver.ts"
import { CredentialStorage } from "../../services/storage/CredentialStorage.ts"
import * as DiskStorage from "../../services/storage/DiskStorage.ts"
import * as StaticCredentials from "../../services/tokens/StaticCredentials.ts"
import * as TokenResolver from "../../services/tokens/TokenResolver.ts"
import type * as TokenStore from "../../services/tokens/TokenStore.ts"
import { withIdentities } from "./identities.ts"
import { withServiceEffect } from "./withService.ts"

export type OfflineServices =
  | Accounts.Accounts
  | ActiveSessions.ActiveSessions
  | Audit.Audit
  | Bridge.Bridge
  | BridgeTokens.BridgeTokens
  | CheckHistory.CheckHistory
  | ChildEnvironment.ChildEnvironment
  | ClientStore.ClientStore
  | ConfigStore.ConfigStore
  | CredentialStorage
  | Directories.Directories
  | ExternalSecrets
  | MeCache.MeCache
  | OAuthFlow
  | ProjectCredentials.ProjectCredentials
  | SessionResolver.SessionResolver
  | StaticCredentials.StaticCredentials
  | Targets.Targets
  | TokenResolver.TokenResolver
  | TokenStore.TokenStore

export const withCommandServices = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  effect.pipe(
    withServiceEffect(Targets.Targets, Targets.make),
    withServiceEffect(Directories.Directories, Directories.make),
    withServiceEffect(ActiveSessions.ActiveSessions, ActiveSessions.make),
    withServiceEffect(ProjectCredentials.ProjectCredentials, ProjectCredentials.make),
    withServiceEffect(ChildEnvironment.ChildEnvironment, ChildEnvironment.make),
    withServiceEffect(ClientStore.ClientStore, ClientStore.make),
    withServiceEffect(MeCache.MeCache, MeCache.make),
    withServiceEffect(TokenResolver.TokenResolver, TokenResolver.make),
    withServiceEffect(BridgeTokens.BridgeTokens, BridgeTokens.make),
    withServiceEffect(StaticCredentials.StaticCredentials, StaticCredentials.make),
    withServiceEffect(ExternalSecrets, externalSecrets),
    withServiceEffect(OAuthFlow, lazyFlow()),
    withServiceEffect(Accounts.Accounts, Accounts.make),
    withIdentities,
    (commands) => Effect.flatMap(store, (context) => Effect.provide(commands, context)),
    Effect.scoped
  )

/** The disk of this machine, or what `MP_STORE` names; its code is loaded only there. */
const store: Effect.Effect<
  Context.Context<CredentialStorage>,
  never,
  CredentialFiles | Locations | Scope.Scope
> = Effect.flatMap(variable("MP_STORE"), (named): typeof store =>
  isOnDisk(Option.getOrUndefined(named))
    ? Effect.map(DiskStorage.make, (storage) => Context.make(CredentialStorage, storage))
    : Effect.promise(() => import("./sharedStore.ts")).pipe(Effect.flatMap(({ sharedStore }) => sharedStore))
)

/** Those of the app that a command is mounted in; in `mp`, loaded when a command or file is asked. */
const externalSecrets = Effect.map(
  Effect.serviceOption(ExternalSecrets),
  Option.getOrElse(() => {
    const using = <A, E>(use: (secrets: typeof ExternalSecrets.Service) => Effect.Effect<A, E>): Effect.Effect<A, E> =>
      Effect.flatMap(
        Effect.promise(() => import("../../layers/node/secrets/ProcessSecrets.ts")),
        ({ processSecrets }) => use(processSecrets)
      )
    return ExternalSecrets.of({
      run: (command) => using((secrets) => secrets.run(command)),
      read: (path) => using((secrets) => secrets.read(path)),
      find: (program) => using((secrets) => secrets.find(program))
    })
  })
)

/** The OAuth flow, loaded with the network under it when a token has to be refreshed or a person logs in. */
const lazyFlow = () =>
  Effect.map(Effect.context<CredentialFiles | CredentialStorage | Locations>(), (context) => {
    const using = <A, E>(use: (flow: typeof OAuthFlow.Service) => Effect.Effect<A, E>): Effect.Effect<A, E> =>
      Effect.flatMap(
        Effect.promise(() => import("./online.ts")),
        ({ oauthFlow }) => Effect.flatMap(OAuthFlow, use).pipe(Effect.provide(oauthFlow), Effect.provide(context))
      )
    return OAuthFlow.of({
      start: (request) => using((flow) => flow.start(request)),
      finish: (pending, callbackUrl) => using((flow) => flow.finish(pending, callbackUrl)),
      login: (request) => using((flow) => flow.login(request)),
      refresh: (region, tokens, beforeSending) => using((flow) => flow.refresh(region, tokens, beforeSending)),
      whoIs: (region, token) => using((flow) => flow.whoIs(region, token)),
      revoke: (region, tokens) => using((flow) => flow.revoke(region, tokens))
    })
  })
