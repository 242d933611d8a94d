/**
 * A whole life of a login in tests: approved, expired, rotated, revoked. The person with the browser is a
 * function, the redirect is delivered by hand, the server is a function, files are values, and time is the
 * test's: no network, no disk, no waiting.
 */
import { expect, it } from "@effect/vitest"
import { Effect, Fiber, Option, Redacted, Stream, TestClock } from "effect"
import {
  AccountName,
  type LoginRequest,
  OAuthBrowserAccount,
  OAuthFlow,
  type OAuthTokens,
  TokenResolver,
  TokenStore
} from "effect-mixpanel"
import {
  home,
  layer,
  MemoryFilesControl,
  ScriptedBrowser,
  ScriptedCallbacks,
  type ScriptedHandler,
  ScriptedHttp
} from "effect-mixpanel/testing"

const jo = new OAuthBrowserAccount({ name: AccountName.make("jo"), region: "eu" })
const tokensPath = `${home}/.mp/accounts/jo/tokens.json`

/** A server that hands out `access-1` with `refresh-1`, then `access-2` … and takes each refresh token once. */
const authorizationServer = (): ScriptedHandler => {
  let generation = 0
  let revoked = false
  return ({ body, url }) => {
    const form = new URLSearchParams(body)
    if (url.endsWith("/oauth/mcp/register/")) return { status: 201, body: { client_id: "client-of-this-test" } }
    if (url.endsWith("/oauth/revoke_token/")) {
      revoked = true
      return { status: 200 }
    }
    const good =
      form.get("grant_type") === "authorization_code" || form.get("refresh_token") === `refresh-${generation}`
    if (revoked || !good) return { status: 400, body: { error: "invalid_grant" } }
    generation += 1
    return {
      body: {
        access_token: `access-${generation}`,
        refresh_token: `refresh-${generation}`,
        token_type: "Bearer",
        expires_in: 3600
      }
    }
  }
}

/** What an application does: log in, and keep the tokens in the account's place. */
const login = Effect.gen(function* () {
  const flow = yield* OAuthFlow
  const store = yield* TokenStore
  const request: LoginRequest = {
    region: jo.region,
    keep: (tokens) => store.put(jo.name, tokens),
    openBrowser: true,
    timeoutSeconds: 300,
    pastes: Stream.empty,
    alwaysPaste: false,
    pastesAreFinal: false,
    report: () => Effect.void
  }
  return yield* flow.login(request)
})

const bearer = Effect.gen(function* () {
  const resolver = yield* TokenResolver
  const { token } = yield* resolver.bearer(jo, "config")
  return Redacted.value(token)
})

/** The refresh tokens that were sent, in order. */
const spent = Effect.gen(function* () {
  const { requests } = yield* ScriptedHttp
  const sent = (yield* requests).map(({ body }) => new URLSearchParams(body))
  return sent.filter((form) => form.get("grant_type") === "refresh_token").map((form) => form.get("refresh_token"))
})

const storedRefreshToken = Effect.gen(function* () {
  const { snapshot } = yield* MemoryFilesControl
  const { refresh_token } = JSON.parse((yield* snapshot)[tokensPath] ?? "{}")
  return refresh_token
})

it.effect("a person approves: PKCE, one page, tokens in their place", () =>
  Effect.gen(function* () {
    const tokens: OAuthTokens = yield* login
    expect(Option.map(tokens.clientId, String)).toEqual(Option.some("client-of-this-test"))
    expect(yield* bearer).toBe("access-1")
    expect(yield* storedRefreshToken).toBe("refresh-1")

    const [address = ""] = yield* Effect.flatMap(ScriptedBrowser, ({ opened }) => opened)
    const { hostname, pathname, searchParams } = new URL(address)
    expect(hostname + pathname).toBe("eu.mixpanel.com/oauth/authorize/")
    expect(searchParams.get("code_challenge_method")).toBe("S256")
    expect(yield* Effect.flatMap(ScriptedCallbacks, ({ pages }) => pages)).toEqual(["success"])
  }).pipe(Effect.provide(layer({ http: authorizationServer() })))
)

it.effect("a person who says no, after a redirect that somebody else forged", () => {
  const person = (page: URL) =>
    Effect.gen(function* () {
      const { deliver } = yield* ScriptedCallbacks
      yield* deliver("code=stolen&state=guessed")
      yield* deliver(`error=access_denied&state=${page.searchParams.get("state")}`)
    })
  return Effect.gen(function* () {
    const error = yield* Effect.flip(login)
    expect(error.code).toBe("OAUTH_AUTH_DENIED")
    expect(yield* Effect.flatMap(ScriptedCallbacks, ({ pages }) => pages)).toEqual(["not_ours", "denied"])
    expect(yield* storedRefreshToken).toBeUndefined()
  }).pipe(Effect.provide(layer({ http: authorizationServer(), person: person })))
})

it.effect("a person who never comes: five minutes that take no time", () =>
  Effect.gen(function* () {
    const waiting = yield* Effect.fork(Effect.flip(login))
    yield* TestClock.adjust("5 minutes")
    expect((yield* Fiber.join(waiting)).code).toBe("OAUTH_TIMEOUT")
    expect(yield* Effect.flatMap(ScriptedCallbacks, ({ listening }) => listening)).toBe(false)
  }).pipe(Effect.provide(layer({ http: authorizationServer(), person: () => Effect.void })))
)

it.effect("expiry: a hundred fibers ask, one refresh token is spent, and the next one is stored", () =>
  Effect.gen(function* () {
    yield* login
    for (const hour of [1, 2, 3]) {
      yield* TestClock.adjust("1 hour")
      const bearers = yield* Effect.replicateEffect(bearer, 100, { concurrency: "unbounded" })
      expect(new Set(bearers)).toEqual(new Set([`access-${hour + 1}`]))
      expect(yield* storedRefreshToken).toBe(`refresh-${hour + 1}`)
    }
    expect(yield* spent).toEqual(["refresh-1", "refresh-2", "refresh-3"])
  }).pipe(Effect.provide(layer({ http: authorizationServer() })))
)

it.effect("revocation: the next refresh says so, keeps the file, and the dead token is not sent again", () =>
  Effect.gen(function* () {
    const flow = yield* OAuthFlow
    yield* flow.revoke(jo.region, yield* login)
    expect(yield* bearer).toBe("access-1") // nobody can know before it is used

    yield* TestClock.adjust("1 hour")
    const error = yield* Effect.flip(bearer)
    expect([error.code, error.hints]).toEqual(["OAUTH_REFRESH_REVOKED", ["mp account login jo"]])
    expect((yield* Effect.flip(bearer)).code).toBe("OAUTH_REFRESH_REVOKED")
    expect(yield* spent).toEqual(["refresh-1"])
    expect(yield* storedRefreshToken).toBe("refresh-1")
  }).pipe(Effect.provide(layer({ http: authorizationServer() })))
)
