/** A login whose redirect an app receives itself: begun on one machine, finished on another. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Equal from "effect/Equal"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/TestClock"
import { PendingLogin } from "#src/domain/oauth/PendingLogin.ts"
import { layer, type MemoryWorld } from "#src/layers/memory/layer.ts"
import { MemoryFilesControl } from "#src/layers/memory/MemoryFiles.ts"
import { ScriptedHttp } from "#src/layers/memory/ScriptedHttp.ts"
import { OAuthFlow } from "#src/services/oauth/OAuthFlow.ts"

const redirectUri = "https://app.example/connect/mixpanel?tenant=7"

const server = (token: () => { readonly status: number; readonly body: unknown }): MemoryWorld => ({
  http: ({ url }) => (url.endsWith("/register/") ? { status: 201, body: { client_id: "client-of-app" } } : token())
})

const tokens = { access_token: "a", refresh_token: "r", token_type: "Bearer", expires_in: 3600, scope: "projects" }
const good = server(() => ({ status: 200, body: tokens }))

const start = Effect.flatMap(OAuthFlow, (flow) => flow.start({ region: "eu", redirectUri, scope: "projects" }))

const finish = (pending: PendingLogin, callback: string | URL) =>
  Effect.flatMap(OAuthFlow, (flow) => flow.finish(pending, callback))

const callbackOf = ({ state }: PendingLogin, more: Readonly<Record<string, string>> = { code: "c" }) => {
  const url = new URL(redirectUri)
  for (const [name, value] of Object.entries({ ...more, state: Redacted.value(state) }))
    url.searchParams.set(name, value)
  return url
}

it.effect("the page has state, challenge and scope, and the secrets of the login are in neither page nor logs", () =>
  Effect.gen(function* () {
    const { pending, url } = yield* start
    const page = new URL(url)
    expect(`${page.origin}${page.pathname}`).toBe("https://eu.mixpanel.com/oauth/authorize/")
    expect(Object.fromEntries(page.searchParams)).toMatchObject({
      client_id: "client-of-app",
      redirect_uri: redirectUri,
      scope: "projects",
      state: Redacted.value(pending.state),
      code_challenge_method: "S256"
    })
    expect(url).not.toContain(Redacted.value(pending.codeVerifier))
    expect(JSON.stringify(pending) + String(pending)).not.toContain(Redacted.value(pending.state))
  }).pipe(Effect.provide(layer(good)))
)

const stored = Schema.parseJson(PendingLogin)

it.effect("another replica finishes with what was kept, and sends the verifier that the challenge was made of", () =>
  Effect.gen(function* () {
    const { pending } = yield* Effect.provide(start, layer(good))
    const text = yield* Schema.encode(stored)(pending)
    const again = yield* Schema.decode(stored)(text)
    expect(Equal.equals(again, pending)).toBe(true)
    const { createdAt: _, ...rest } = { ...pending }
    expect(() => new PendingLogin({ ...rest, createdAt: Number.NaN })).toThrow("createdAt must be a number")
    const timeless = Schema.decodeUnknownEither(PendingLogin)({ ...JSON.parse(text), created_at: null })
    expect(Either.isLeft(timeless)).toBe(true)
    const { found, sent } = yield* Effect.gen(function* () {
      const found = yield* finish(again, callbackOf(again))
      const [request] = yield* Effect.flatMap(ScriptedHttp, ({ requests }) => requests)
      return { found, sent: new URLSearchParams(request?.body) }
    }).pipe(Effect.provide(layer(good)))
    expect(Redacted.value(found.accessToken)).toBe("a")
    expect(Object.fromEntries(sent)).toEqual({
      grant_type: "authorization_code",
      code: "c",
      client_id: "client-of-app",
      redirect_uri: redirectUri,
      code_verifier: Redacted.value(pending.codeVerifier)
    })
  })
)

it.effect.each([
  [{ client_secret: "s" }, false],
  [{ client_secret: "s", token_endpoint_auth_method: "client_secret_basic" }, false],
  [{ client_secret: "s", token_endpoint_auth_method: "none" }, true],
  [{ client_secret: "" }, true]
] as const)(
  "a registration with %j is used: %s; otherwise it is refused before there is a page to approve",
  ([more, used]) =>
    Effect.gen(function* () {
      const outcome = yield* Effect.either(start)
      expect(outcome._tag).toBe(used ? "Right" : "Left")
      if (outcome._tag === "Right") return
      expect(outcome.left).toMatchObject({ _tag: "OAuthRegistrationError", message: expect.stringContaining("secret") })
      const files = yield* Effect.flatMap(MemoryFilesControl, ({ snapshot }) => snapshot)
      expect(files).toEqual({})
    }).pipe(Effect.provide(layer({ http: () => ({ status: 201, body: { client_id: "c", ...more } }) })))
)

it.effect("a client is registered once for a redirect URI", () =>
  Effect.gen(function* () {
    yield* start
    yield* start
    const requests = yield* Effect.flatMap(ScriptedHttp, (http) => http.requests)
    expect(requests.length).toBe(1)
  }).pipe(Effect.provide(layer(good)))
)

it.effect("each redirect URI has a registration of its own, which outlives the others, and mp's stays as it is", () =>
  Effect.gen(function* () {
    const uris = [redirectUri, "https://app.example/other", "http://localhost:3000/a", "http://localhost:3000/b"]
    const begin = (uri: string) =>
      Effect.flatMap(OAuthFlow, (flow) => flow.start({ region: "eu", redirectUri: uri })).pipe(
        Effect.map(({ pending }) => pending.client.redirectUri)
      )
    expect(yield* Effect.forEach([...uris, ...uris], begin)).toEqual([...uris, ...uris])
    expect((yield* Effect.flatMap(ScriptedHttp, (http) => http.requests)).length).toBe(uris.length)
    const files = Object.keys(yield* Effect.flatMap(MemoryFilesControl, (control) => control.snapshot))
    expect(files.filter((path) => path.includes("/oauth/client_eu")).length).toBe(uris.length)
    expect(files.filter((path) => path.endsWith("/client_eu.json"))).toEqual([])
  }).pipe(Effect.provide(layer(good)))
)

it.effect("a redirect URI to which a code may not be sent is refused in words, and nothing is registered", () =>
  Effect.gen(function* () {
    const table: ReadonlyArray<readonly [string, string]> = [
      ["http://app.example/callback", "neither https: nor a loopback address"],
      ["myapp://callback", "neither https: nor a loopback address"],
      ["/callback", "not an absolute URL"],
      ["", "not an absolute URL"],
      ["https://jo:secret@app.example/callback", "contains a user name or password"],
      ["https://app.example/callback#top", "contains a fragment"],
      ["https://app.example/callback#", "contains a fragment"]
    ]
    for (const [uri, said] of table) {
      const error = yield* Effect.flip(
        Effect.flatMap(OAuthFlow, (flow) => flow.start({ region: "eu", redirectUri: uri }))
      )
      expect([uri, error]).toMatchObject([uri, { _tag: "InvalidArgument", details: { field: "redirectUri" } }])
      expect(error.message).toMatch(new RegExp(`^redirectUri (is )?${said}`))
    }
    // As a program has it that takes the region from a form.
    const fromForm: { readonly region: "eu"; readonly redirectUri: string } = { region: "eu", redirectUri }
    Object.assign(fromForm, { region: "moon" })
    expect(yield* Effect.flip(Effect.flatMap(OAuthFlow, (flow) => flow.start(fromForm)))).toMatchObject({
      _tag: "InvalidArgument",
      details: { field: "region" }
    })
    expect(yield* Effect.flatMap(ScriptedHttp, (http) => http.requests)).toEqual([])
  }).pipe(Effect.provide(layer(good)))
)

it.effect("a person who comes back after more than an hour is told so, and the code is not sent", () =>
  Effect.gen(function* () {
    const { pending } = yield* start
    yield* TestClock.adjust("1 hour")
    yield* finish(pending, callbackOf(pending))
    yield* TestClock.adjust("1 millis")
    expect(yield* Effect.flip(finish(pending, callbackOf(pending)))).toMatchObject({ _tag: "OAuthTimeout" })
    const strange = yield* Effect.flip(finish(pending, `${redirectUri}&code=c&state=other`))
    expect(strange._tag).toBe("OAuthStateMismatch")
    expect((yield* Effect.flatMap(ScriptedHttp, (http) => http.requests)).length).toBe(2)
  }).pipe(Effect.provide(layer(good)))
)

it.effect("what is no answer to this login is a tagged error, and nothing is sent", () =>
  Effect.gen(function* () {
    const { pending } = yield* start
    const right = Redacted.value(pending.state)
    const table: ReadonlyArray<readonly [string, string]> = [
      [`${redirectUri}&code=c`, "OAuthStateMismatch"],
      [`${redirectUri}&code=c&state=other`, "OAuthStateMismatch"],
      [`${redirectUri}&code=c&state=${right}&state=${right}`, "OAuthStateMismatch"],
      [`${redirectUri}&code=c&state=${right}&iss=https%3A%2F%2Fevil.example`, "OAuthStateMismatch"],
      [`${redirectUri}&code=c&code=d&state=${right}`, "OAuthStateMismatch"],
      [`${redirectUri}&state=${right}`, "OAuthExchangeError"],
      [`${redirectUri}&error=access_denied&state=${right}`, "OAuthAuthDenied"],
      [`${redirectUri}&state=${right}&code=`, "OAuthExchangeError"],
      [`https://app.example/#?code=c&state=${right}`, "OAuthStateMismatch"],
      ["", "OAuthStateMismatch"]
    ]
    for (const [callback, tag] of table) {
      expect([callback, (yield* Effect.flip(finish(pending, callback)))._tag]).toEqual([callback, tag])
    }
    expect((yield* Effect.flatMap(ScriptedHttp, (http) => http.requests)).length).toBe(1)
  }).pipe(Effect.provide(layer(good)))
)

it.effect("a client that the server has forgotten is registered anew for the next login", () => {
  let refusals = 1
  const forgetful = server(() =>
    refusals-- > 0 ? { status: 401, body: { error: "invalid_client" } } : { status: 200, body: tokens }
  )
  return Effect.gen(function* () {
    const { pending } = yield* start
    expect(yield* Effect.flip(finish(pending, callbackOf(pending)))).toMatchObject({ _tag: "OAuthExchangeError" })
    const next = yield* start
    yield* finish(next.pending, callbackOf(next.pending))
    const registered = (yield* Effect.flatMap(ScriptedHttp, (http) => http.requests)).filter(({ url }) =>
      url.endsWith("/register/")
    )
    expect(registered.length).toBe(2)
  }).pipe(Effect.provide(layer(forgetful)))
})
