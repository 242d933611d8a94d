/** What is given in place of a service is what all others get; what it replaces is not built and touches nothing. */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Path from "@effect/platform/Path"
import { describe, expect, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { layerWith } from "effect-mixpanel/node"
import { OAuthBrowserAccount } from "#src/domain/account/Account.ts"
import { AccountName, ProjectId } from "#src/domain/account/identifiers.ts"
import { Session, Project } from "#src/domain/session/Session.ts"
import * as FixedCrypto from "#src/layers/memory/FixedCrypto.ts"
import * as MemoryFiles from "#src/layers/memory/MemoryFiles.ts"
import * as ScriptedBrowser from "#src/layers/memory/ScriptedBrowser.ts"
import * as ScriptedCallbacks from "#src/layers/memory/ScriptedCallbacks.ts"
import * as ScriptedHttp from "#src/layers/memory/ScriptedHttp.ts"
import { make as locationsOf } from "#src/layers/node/locations.ts"
import { Mixpanel } from "#src/services/api/Mixpanel.ts"
import { compose, type Services } from "#src/services/compose.ts"
import { ConfigStore } from "#src/services/config/ConfigStore.ts"
import { CredentialFiles } from "#src/services/platform/CredentialFiles.ts"
import { Locations } from "#src/services/platform/Locations.ts"
import { SessionResolver } from "#src/services/session/SessionResolver.ts"
import { TokenResolver } from "#src/services/tokens/TokenResolver.ts"
import { TokenStore } from "#src/services/tokens/TokenStore.ts"

const me = new OAuthBrowserAccount({ name: AccountName.make("me"), region: "us" })

const filesOf = (home: string, bearer: string) => ({
  [`${home}/.mp/config.toml`]: `[active]\naccount = "me"\n\n[accounts.me]\ntype = "oauth_browser"\nregion = "us"\ndefault_project = "${home === "/ours" ? 1 : 2}"\n`,
  [`${home}/.mp/accounts/me/tokens.json`]: JSON.stringify({
    access_token: bearer,
    refresh_token: "r",
    expires_at: "2036-01-01T00:00:00Z",
    token_type: "Bearer",
    scope: "projects"
  })
})

/** A machine with a home of its own; `asked` are the paths that were read. */
const machine = (home: string) => {
  const asked: Array<string> = []
  const recording = Layer.map(MemoryFiles.layerWith(filesOf(home, `bearer of ${home}`)), (context) => {
    const files = Context.get(context, CredentialFiles)
    return Context.add(context, CredentialFiles, {
      ...files,
      read: (path) =>
        Effect.zipRight(
          Effect.sync(() => asked.push(path)),
          files.read(path)
        )
    })
  })
  const http = ScriptedHttp.layer(() => ({ status: 200, body: JSON.stringify(["Login"]) }))
  const world = Layer.mergeAll(
    recording,
    http,
    FixedCrypto.layer,
    Path.layer,
    Layer.succeed(Locations, locationsOf({ home, cwd: `${home}/work` })),
    Layer.provideMerge(
      ScriptedBrowser.layer(() => Effect.void),
      ScriptedCallbacks.layer
    )
  )
  const parts = {
    credentialFiles: world,
    fileInspector: world,
    locations: world,
    crypto: world,
    path: world,
    browser: world,
    callbackListener: world,
    httpClient: world,
    userAgent: "test"
  }
  return { asked, parts }
}

const bearer = Effect.flatMap(TokenResolver, (resolver) => resolver.bearer(me, "config")).pipe(
  Effect.map(({ token }) => Redacted.value(token))
)

const project = Effect.flatMap(SessionResolver, (resolver) => resolver.session()).pipe(
  Effect.map((session) => session.projectId)
)

describe("a part that is given", () => {
  it.effect("a token store: bearers come from it, and no tokens of the home are read", () =>
    Effect.gen(function* () {
      const other = yield* Layer.build(compose(machine("/theirs").parts))
      const { asked, parts } = machine("/ours")
      const layer = compose({ ...parts, tokenStore: Layer.succeed(TokenStore, Context.get(other, TokenStore)) })
      expect(yield* Effect.provide(bearer, layer)).toBe("bearer of /theirs")
      expect(asked.filter((path) => path.includes("tokens"))).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.effect("a configuration store: sessions come from it, and config.toml is not read", () =>
    Effect.gen(function* () {
      const other = yield* Layer.build(compose(machine("/theirs").parts))
      const { asked, parts } = machine("/ours")
      const layer = compose({ ...parts, configStore: Layer.succeed(ConfigStore, Context.get(other, ConfigStore)) })
      expect(yield* Effect.provide(project, layer)).toBe("2")
      expect(asked.filter((path) => path.endsWith("config.toml"))).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.effect("a token resolver: requests carry its bearers, and nothing of the home is read for them", () =>
    Effect.gen(function* () {
      const sent: Array<string | undefined> = []
      const senders: Array<string | undefined> = []
      const { asked, parts } = machine("/ours")
      const layer = compose({
        ...parts,
        tokenResolver: Layer.succeed(TokenResolver, {
          bearer: () => Effect.succeed({ token: Redacted.make("from the vault"), expiresAt: Option.none() }),
          refused: () => Effect.succeed(false)
        }),
        httpClient: ScriptedHttp.layer(({ headers }) => {
          sent.push(headers["authorization"])
          senders.push(headers["user-agent"])
          return { status: 200, body: JSON.stringify(["Login"]) }
        })
      })
      const session = new Session({ account: me, project: new Project({ id: ProjectId.make("3018488") }) })
      yield* Effect.provide(
        Effect.flatMap(Mixpanel, (mixpanel) => mixpanel.events(session)),
        layer
      )
      expect(sent).toEqual(["Bearer from the vault"])
      expect(senders).toEqual(["test"])
      expect(asked.filter((path) => path.includes("tokens"))).toEqual([])
    })
  )

  it.effect("two compositions in one program keep their own parts", () =>
    Effect.gen(function* () {
      const stores = ["/one", "/two"].map((home) =>
        compose({ ...machine("/ours").parts, tokenStore: machineStore(home) })
      )
      const memo = yield* Layer.makeMemoMap
      const scope = yield* Effect.scope
      const bearers = yield* Effect.forEach(stores, (layer) =>
        Effect.flatMap(Layer.buildWithMemoMap(layer, memo, scope), (context) => Effect.provide(bearer, context))
      )
      expect(bearers).toEqual(["bearer of /one", "bearer of /two"])
    }).pipe(Effect.scoped)
  )
})

const machineStore = (home: string) =>
  Layer.map(compose(machine(home).parts), (context) => Context.make(TokenStore, Context.get(context, TokenStore)))

describe("layerWith", () => {
  it("takes what it knows and nothing else, and says what is still needed", () => {
    class Vault extends Context.Tag("test/Vault")<Vault, { readonly store: Context.Tag.Service<TokenStore> }>() {}
    const given = Layer.effect(
      TokenStore,
      Effect.map(Vault, ({ store }) => store)
    )
    const needsVault: Layer.Layer<Services, never, Vault> = layerWith({ tokenStore: given })
    const needsClient: Layer.Layer<Services, never, HttpClient.HttpClient> = layerWith({
      httpClient: Layer.context<HttpClient.HttpClient>()
    })
    // @ts-expect-error: a name that it does not know would be ignored
    const misspelt = layerWith({ tokenstore: given })
    expect([needsVault, needsClient, misspelt].every(Layer.isLayer)).toBe(true)
  })
})
