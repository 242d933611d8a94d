/** What can go wrong is in the types: every failure of a public signature is a tagged class of ours, in a union with a name. */
import type * as HttpClient from "@effect/platform/HttpClient"
import { describe, expect, expectTypeOf, it } from "vitest"
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type * as Library from "effect-mixpanel"
import * as Exported from "effect-mixpanel"

/** The services that apps ask, without the methods that fail with what their arguments fail with: these are looked at alone. */
interface Services {
  readonly AccountCheck: typeof Exported.AccountCheck.Service
  readonly Accounts: typeof Exported.Accounts.Service
  readonly ActiveSessions: typeof Exported.ActiveSessions.Service
  readonly Audit: typeof Exported.Audit.Service
  readonly Bridge: typeof Exported.Bridge.Service
  readonly BridgeExport: typeof Exported.BridgeExport.Service
  readonly BridgeTokens: Omit<typeof Exported.BridgeTokens.Service, "exportTokens" | "replaceBridge">
  readonly Browser: typeof Exported.Browser.Service
  readonly BudgetPolicy: typeof Exported.BudgetPolicy.Service
  readonly CallbackListener: typeof Exported.CallbackListener.Service
  readonly CheckHistory: typeof Exported.CheckHistory.Service
  readonly ChildEnvironment: typeof Exported.ChildEnvironment.Service
  readonly ClientStore: typeof Exported.ClientStore.Service
  readonly ConfigMigration: typeof Exported.ConfigMigration.Service
  readonly ConfigStore: typeof Exported.ConfigStore.Service
  readonly CredentialFiles: typeof Exported.CredentialFiles.Service
  readonly CredentialStorage: Omit<typeof Exported.CredentialStorage.Service, "update">
  readonly Crypto: typeof Exported.Crypto.Service
  readonly CurrentSession: typeof Exported.CurrentSession.Service
  readonly Discovery: typeof Exported.Discovery.Service
  readonly Doctor: typeof Exported.Doctor.Service
  /** What programs and files answer is a phrase, which StaticCredentials puts into its error with the place in the configuration. */
  readonly ExternalSecrets: Omit<typeof Exported.ExternalSecrets.Service, "run" | "read">
  readonly FileInspector: typeof Exported.FileInspector.Service
  readonly Locations: typeof Exported.Locations.Service
  readonly Login: typeof Exported.Login.Service
  readonly MeCache: typeof Exported.MeCache.Service
  readonly Mixpanel: Omit<typeof Exported.Mixpanel.Service, "import">
  readonly MixpanelHttpClient: typeof Exported.MixpanelHttpClient.Service
  readonly OAuthFlow: typeof Exported.OAuthFlow.Service
  readonly OverrideListener: typeof Exported.OverrideListener.Service
  readonly OwnProgram: typeof Exported.OwnProgram.Service
  readonly ProjectCredentials: typeof Exported.ProjectCredentials.Service
  readonly QueryBudget: typeof Exported.QueryBudget.Service
  readonly RegionProbe: typeof Exported.RegionProbe.Service
  readonly SessionResolver: typeof Exported.SessionResolver.Service
  readonly StaticCredentials: typeof Exported.StaticCredentials.Service
  readonly Directories: typeof Exported.Directories.Service
  readonly Targets: typeof Exported.Targets.Service
  readonly TokenResolver: typeof Exported.TokenResolver.Service
  readonly TokenSettings: typeof Exported.TokenSettings.Service
  readonly TokenStore: typeof Exported.TokenStore.Service
}

type Failure<T> =
  T extends Effect.Effect<infer _A, infer E, infer _R>
    ? E
    : T extends Stream.Stream<infer _A, infer E, infer _R>
      ? E
      : never
type FailureOf<T> = T extends (...args: ReadonlyArray<never>) => infer Result ? Failure<Result> : Failure<T>

/** The failures of each method of a service, by name. */
type Failures<Service> = { readonly [Method in keyof Service]: FailureOf<Service[Method]> }

type IsUnknown<T> = unknown extends T ? true : false
/** What tells its tag, code, message, hints and details; `unknown`, `Error` and errors of others do not. */
type Tagged = Library.ErrorInfo & { readonly _tag: string }
type Untagged<T> = IsUnknown<T> extends true ? "unknown" : Exclude<T, Tagged>

/** The methods that can fail with something else, by their service. */
type Wrong = {
  readonly [Name in keyof Services]: {
    readonly [Method in keyof Services[Name]]: [Untagged<Failures<Services[Name]>[Method]>] extends [never]
      ? never
      : Method
  }[keyof Services[Name]]
}

describe("failures", () => {
  it("of every method of every service are tagged errors of ours", () => {
    expectTypeOf<Wrong[keyof Wrong]>().toEqualTypeOf<never>()
  })

  it("of what a bridge does with its tokens are those of the argument, and tagged errors of ours", () => {
    type Exporting = ReturnType<typeof Exported.BridgeTokens.Service.exportTokens<1, never>>
    type Replacing = ReturnType<typeof Exported.BridgeTokens.Service.replaceBridge<1, never>>
    expectTypeOf<Untagged<Failure<Exporting | Replacing>>>().toEqualTypeOf<never>()
  })

  it("of what a shared store is told to change are those of the edit, and tagged errors of ours", () => {
    type Updating = ReturnType<typeof Exported.CredentialStorage.Service.update<1, never, never>>
    expectTypeOf<Untagged<Failure<Updating>>>().toEqualTypeOf<never>()
  })

  it("of calls of the API are RequestError, and of those that need a workspace NoWorkspaces, too", () => {
    type Calls = Failures<typeof Exported.Mixpanel.Service>
    expectTypeOf<
      Calls["me" | "projects" | "workspaces" | "events" | "segmentation" | "export" | "track"]
    >().toEqualTypeOf<Library.RequestError>()
    expectTypeOf<Calls["request" | "paginate" | "paginateWritten"]>().toEqualTypeOf<
      Library.RequestError | Library.NoWorkspaces
    >()
    type Imported = ReturnType<typeof Exported.Mixpanel.Service.import<"of the source", never>>
    expectTypeOf<Failure<Imported>>().toEqualTypeOf<"of the source" | Library.RequestError>()
    type Found = Failures<typeof Exported.Discovery.Service>
    expectTypeOf<Found["me" | "projects" | "workspaces"]>().toEqualTypeOf<Library.RequestError>()
    expectTypeOf<Found["resolveWorkspace" | "placed"]>().toEqualTypeOf<Library.RequestError | Library.NoWorkspaces>()
  })

  it("of the client are RequestError; a client itself can lack its configuration", () => {
    type Client = typeof Exported.MixpanelHttpClient.Service
    expectTypeOf<Failures<Client>["send" | "stream"]>().toEqualTypeOf<Library.RequestError>()
    expectTypeOf<Failures<Client>["forSession"]>().toEqualTypeOf<Library.ConfigError | Library.StorageError>()
    expectTypeOf<Effect.Effect.Success<ReturnType<Client["forSession"]>>>().toEqualTypeOf<
      HttpClient.HttpClient.With<Library.RequestError>
    >()
  })

  it("of bearers are BearerError, of logins and the configuration named unions", () => {
    expectTypeOf<
      Failures<typeof Exported.TokenResolver.Service>["bearer" | "refused"]
    >().toEqualTypeOf<Library.BearerError>()
    expectTypeOf<Failures<typeof Exported.OAuthFlow.Service>["start"]>().toEqualTypeOf<Library.StartError>()
    expectTypeOf<Failures<typeof Exported.OAuthFlow.Service>["finish"]>().toEqualTypeOf<Library.FinishError>()
    expectTypeOf<Failures<typeof Exported.CurrentSession.Service>["use"]>().toEqualTypeOf<Library.SwitchError>()
    expectTypeOf<
      Failures<typeof Exported.SessionResolver.Service>["session"]
    >().toEqualTypeOf<Library.ResolutionError>()
  })

  it("RequestError is what its parts are", () => {
    expectTypeOf<Library.RequestError>().toEqualTypeOf<
      Library.ApiError | Library.BearerError | Library.ConfigError | Library.InvalidArgument
    >()
    expectTypeOf<Untagged<Library.RequestError>>().toEqualTypeOf<never>()
  })
})

it("the table of services is whole", () => {
  const tags = Object.entries(Exported)
    .filter(
      ([, value]) => typeof value === "function" && "key" in value && String(value.key).startsWith("effect-mixpanel/")
    )
    .map(([name]) => name)
  const table = Reflect.ownKeys({
    AccountCheck: 1,
    Accounts: 1,
    ActiveSessions: 1,
    Audit: 1,
    Bridge: 1,
    BridgeExport: 1,
    BridgeTokens: 1,
    Browser: 1,
    BudgetPolicy: 1,
    CallbackListener: 1,
    CheckHistory: 1,
    ChildEnvironment: 1,
    ClientStore: 1,
    ConfigMigration: 1,
    ConfigStore: 1,
    CredentialFiles: 1,
    CredentialStorage: 1,
    Crypto: 1,
    CurrentSession: 1,
    Discovery: 1,
    Doctor: 1,
    ExternalSecrets: 1,
    FileInspector: 1,
    Locations: 1,
    Login: 1,
    MeCache: 1,
    Mixpanel: 1,
    MixpanelHttpClient: 1,
    OAuthFlow: 1,
    OverrideListener: 1,
    OwnProgram: 1,
    ProjectCredentials: 1,
    QueryBudget: 1,
    RegionProbe: 1,
    SessionResolver: 1,
    StaticCredentials: 1,
    Directories: 1,
    Targets: 1,
    TokenResolver: 1,
    TokenSettings: 1,
    TokenStore: 1
  } satisfies Record<keyof Services, 1>)
  expect(tags.filter((name) => name !== "AccountLogin").sort()).toEqual(table.map(String).sort())
})
