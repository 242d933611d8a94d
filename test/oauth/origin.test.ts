/** Ruling 29: a refresh token goes to the origin that minted it and to no other, whatever is set and whatever a file says. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { describe } from "vitest"
import { BridgeFile, bridgeText } from "#src/domain/session/BridgeFile.ts"
import { OAuthTokens, tokensText } from "#src/domain/oauth/OAuthTokens.ts"
import { MemoryFilesControl, layerWith as memoryWith } from "#src/layers/memory/MemoryFiles.ts"
import * as ScriptedHttp from "#src/layers/memory/ScriptedHttp.ts"
import { OAuthFlow } from "#src/services/oauth/OAuthFlow.ts"
import { once, OverrideListener } from "#src/services/api/OverrideListener.ts"
import { TokenResolver } from "#src/services/tokens/TokenResolver.ts"
import { makeAuthority } from "./support/StrictAuthority.ts"
import { account, bearer, clientId, over, refused, tokensOf, tokensPath } from "./support/world.ts"

const home = "/home/test"
const gateway = "https://gateway.example"
const mixpanel = "https://mixpanel.com"

/** A home whose tokens have expired; the server answers wherever it is asked. */
const world = (origin: string | undefined, address: string, files: Readonly<Record<string, string>> = {}) => {
  const authority = makeAuthority()
  const first = authority.login(clientId)
  const stored = new OAuthTokens({ ...tokensOf(first), origin: Option.fromNullable(origin) })
  const http = ScriptedHttp.layer(({ body, url }) =>
    url.includes("revoke") ? { status: 200, body: {} } : authority.refresh(new URLSearchParams(body))
  )
  const disk = memoryWith({ [tokensPath(home)]: tokensText(stored), ...files })
  const layer = Layer.merge(over(disk, http, home, address), http)
  return { authority, first, stored, layer }
}

const asked = Effect.flatMap(ScriptedHttp.ScriptedHttp, ({ requests }) => requests)
const snapshot = Effect.flatMap(MemoryFilesControl, (files) => files.snapshot)
const storedNow = Effect.map(snapshot, (files) => JSON.parse(files[tokensPath(home)] ?? "{}"))

describe("a refresh", () => {
  it.effect("goes to the origin that minted the token, and the next token carries it", () => {
    const { layer } = world(mixpanel, "")
    return Effect.gen(function* () {
      yield* bearer
      expect((yield* asked).map(({ url }) => url)).toEqual([`${mixpanel}/oauth/token/`])
      expect((yield* storedNow).origin).toBe(mixpanel)
    }).pipe(Effect.provide(layer))
  })

  it.effect("of a file of mixpanel_headless binds the login to the server that answered", () => {
    const { layer } = world(undefined, `${gateway}/some/path/`)
    return Effect.gen(function* () {
      yield* bearer
      expect((yield* asked).map(({ url }) => url)).toEqual([`${gateway}/some/path/oauth/token/`])
      expect((yield* storedNow).origin).toBe(gateway)
    }).pipe(Effect.provide(layer))
  })

  it.effect.each([
    [mixpanel, gateway, ["unset MP_API_BASE_URL", "mp account login me"]],
    [gateway, "", [`export MP_API_BASE_URL=${gateway}`, "mp account login me"]],
    [gateway, "http://127.0.0.1:9", [`export MP_API_BASE_URL=${gateway}`, "mp account login me"]],
    ["https://eu.mixpanel.com", "", ["mp account login me"]]
  ] as const)(
    "of a token of %s while requests go to '%s': nothing is sent, nothing changes, nobody is logged out",
    ([origin, address, hints]) => {
      const { authority, first, layer } = world(origin, address)
      return Effect.gen(function* () {
        const before = yield* snapshot
        const error = yield* Effect.flip(bearer)
        expect(error._tag).toBe("OAuthWrongOrigin")
        expect(error.message).toContain(origin)
        expect(error.message).toContain(address === "" ? mixpanel : address)
        expect(error.message).toContain("MP_API_BASE_URL")
        expect(error.message).not.toContain("revoked")
        expect(error.hints).toEqual(hints)
        expect((yield* Effect.flip(refused(first.access)))._tag).toBe("OAuthWrongOrigin")
        expect(yield* asked).toEqual([])
        expect(authority.figures().requests).toBe(0)
        expect(yield* snapshot).toEqual(before)
      }).pipe(Effect.provide(layer))
    }
  )
})

describe("a revocation", () => {
  const revoke = (tokens: OAuthTokens) => Effect.flatMap(OAuthFlow, (flow) => Effect.either(flow.revoke("us", tokens)))

  it.effect("goes to the origin that minted the tokens", () => {
    const { layer, stored } = world(mixpanel, "")
    return Effect.gen(function* () {
      expect(Either.isRight(yield* revoke(stored))).toBe(true)
      expect(new Set((yield* asked).map(({ url }) => url))).toEqual(new Set([`${mixpanel}/oauth/revoke_token/`]))
    }).pipe(Effect.provide(layer))
  })

  it.effect("is not sent anywhere else, and says why", () => {
    const { layer, stored } = world(mixpanel, gateway)
    return Effect.gen(function* () {
      expect(Either.flip(yield* revoke(stored))).toMatchObject({
        right: {
          _tag: "MintedElsewhere",
          message: `The tokens cannot be used here: the login was made at ${mixpanel} and MP_API_BASE_URL leads to ${gateway}, so nothing was sent.`,
          hints: ["unset MP_API_BASE_URL"]
        }
      })
      expect(yield* asked).toEqual([])
    }).pipe(Effect.provide(layer))
  })
})

describe("a bridge that claims an origin", () => {
  const path = `${home}/.claude/mixpanel/auth.json`
  const bridgeOf = (tokens: OAuthTokens) =>
    bridgeText(
      new BridgeFile({
        account,
        tokens: Option.some(tokens),
        project: Option.none(),
        workspace: Option.none(),
        headers: {}
      })
    )
  const forged = new OAuthTokens({
    accessToken: Redacted.make("forged"),
    refreshToken: Option.some(Redacted.make("forged-refresh")),
    expiresAt: Option.some(0),
    tokenType: "Bearer",
    scope: "",
    clientId: Option.some(clientId),
    origin: Option.some("https://evil.example")
  })
  const byBridge = Effect.flatMap(TokenResolver, (resolver) => resolver.bearer(account, "bridge"))

  it.effect.each(["", gateway])("sends nothing there where the address is '%s', and no hint leads there", (address) => {
    const { layer } = world(mixpanel, address, { [path]: bridgeOf(forged) })
    return Effect.gen(function* () {
      const error = yield* Effect.flip(byBridge)
      expect(error._tag).toBe("OAuthWrongOrigin")
      expect(error.hints.join("\n")).not.toContain("evil")
      expect(yield* asked).toEqual([])
    }).pipe(Effect.provide(layer))
  })

  it.effect("does not take the account's login with it, however high it counts", () => {
    const { layer, stored } = world(mixpanel, "")
    const shared = new OAuthTokens({ ...stored, session: Option.some("line.1") })
    const higher = new OAuthTokens({ ...forged, session: Option.some("line.999999999") })
    return Effect.gen(function* () {
      const files = yield* MemoryFilesControl
      yield* files.plant(tokensPath(home), tokensText(shared))
      yield* files.plant(path, bridgeOf(higher))
      const noted = JSON.stringify([{ path, user: 1, family: "line" }])
      yield* files.plant(tokensPath(home).replace("tokens.json", "bridges.json"), noted)
      yield* bearer
      expect((yield* asked).map(({ body, url }) => [url, new URLSearchParams(body).get("refresh_token")])).toEqual([
        [`${mixpanel}/oauth/token/`, Option.match(stored.refreshToken, { onNone: () => "", onSome: Redacted.value })]
      ])
      expect((yield* storedNow).origin).toBe(mixpanel)
    }).pipe(Effect.provide(layer))
  })

  it.effect("that says nothing is bound to where its token was sent", () => {
    const authority = makeAuthority()
    const login = authority.login(clientId)
    const layer = over(
      memoryWith({ [path]: bridgeOf(tokensOf(login)) }),
      ScriptedHttp.layer(({ body }) => authority.refresh(new URLSearchParams(body))),
      home,
      gateway
    )
    return Effect.gen(function* () {
      yield* byBridge
      const files = yield* snapshot
      expect(JSON.parse(files[path] ?? "{}").tokens.origin).toBe(gateway)
    }).pipe(Effect.provide(layer))
  })
})

describe("an override off this machine", () => {
  const told = (address: string) => {
    const said: Array<string> = []
    const listener = once(({ address: to, variable }) => Effect.sync(() => void said.push(`${variable} ${to}`)))
    const { first, layer } = world(undefined, address)
    return Effect.gen(function* () {
      yield* bearer
      yield* refused(first.access)
      return said
    }).pipe(Effect.provideService(OverrideListener, listener), Effect.provide(layer))
  }

  it.effect("is told before a refresh token goes there, once", () =>
    Effect.map(told(gateway), (said) => expect(said).toEqual([`MP_API_BASE_URL ${gateway}`]))
  )

  it.effect("on this machine it is not", () =>
    Effect.map(told("http://127.0.0.1:9"), (said) => expect(said).toEqual([]))
  )
})
