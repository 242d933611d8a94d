/** What is given in place of a service is what all others get; what it replaces is not built and touches nothing. */
import type * as HttpClient from "@effect/platform/HttpClient"
import { describe, expect, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { layerWith } from "effect-mixpanel/node"
import { ProjectId } from "#src/domain/account/identifiers.ts"
import { Session, Project } from "#src/domain/session/Session.ts"
import * as ScriptedHttp from "#src/layers/memory/ScriptedHttp.ts"
import { Mixpanel } from "#src/services/api/Mixpanel.ts"
import { compose, type Services } from "#src/services/compose.ts"
import { TokenResolver } from "#src/services/tokens/TokenResolver.ts"
import { TokenStore } from "#src/services/tokens/TokenStore.ts"
import { machine, me } from "./machine.ts"

const bearer = Effect.flatMap(TokenResolver, (resolver) => resolver.bearer(me, "config")).pipe(
  Effect.map(({ token }) => Redacted.value(token))
)

describe("a part that is given", () => {
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
      expect(asked.files.filter((path) => path.includes("tokens"))).toEqual([])
    })
  )

  it.effect("two compositions in one program keep their own parts", () =>
    Effect.gen(function* () {
      const stores = ["/ours", "/theirs"].map((home) =>
        compose({ ...machine("/ours").parts, tokenStore: machineStore(home) })
      )
      const memo = yield* Layer.makeMemoMap
      const scope = yield* Effect.scope
      const bearers = yield* Effect.forEach(stores, (layer) =>
        Effect.flatMap(Layer.buildWithMemoMap(layer, memo, scope), (context) => Effect.provide(bearer, context))
      )
      expect(bearers).toEqual(["bearer-of-/ours", "bearer-of-/theirs"])
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
    const misspelt = () => layerWith({ tokenstore: given })
    expect([needsVault, needsClient].every(Layer.isLayer)).toBe(true)
    expect(misspelt).toThrow("tokenstore")
  })

  it("says which part is none, to callers without types", () => {
    const told = (given: object) => {
      try {
        Reflect.apply(layerWith, undefined, [given])
      } catch (error) {
        return error
      }
      return undefined
    }
    const store = Layer.context<TokenStore>()
    expect(told({ tokenstore: store })).toMatchObject({
      _tag: "InvalidArgument",
      message: expect.stringMatching(
        /^layerWith knows no 'tokenstore', which would be ignored\. It takes .*tokenStore/
      ),
      details: { field: "tokenstore" }
    })
    expect(told({ userAgent: "mine" })).toMatchObject({ details: { field: "userAgent" } })
    expect(told({ tokenStore: { get: () => Effect.succeedNone } })).toMatchObject({
      message: "The tokenStore of layerWith is no Layer.",
      details: { field: "tokenStore" }
    })
    expect(told({ tokenStore: store, httpClient: undefined })).toBeUndefined()
  })
})
