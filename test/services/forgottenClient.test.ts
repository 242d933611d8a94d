/** A client that the authorization server has forgotten is left behind, wherever a login ends because of it. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { layer } from "#src/layers/memory/layer.ts"
import { MemoryFilesControl } from "#src/layers/memory/MemoryFiles.ts"
import type { ScriptedResponse } from "#src/layers/memory/ScriptedHttp.ts"
import { ScriptedHttp } from "#src/layers/memory/ScriptedHttp.ts"
import { ScriptedCallbacks } from "#src/layers/memory/ScriptedCallbacks.ts"
import type { LoginEvent } from "#src/services/oauth/LoginRequest.ts"
import { OAuthFlow } from "#src/services/oauth/OAuthFlow.ts"

const registration = (clientId: string, more: Readonly<Record<string, unknown>> = {}) =>
  JSON.stringify({
    client_id: clientId,
    region: "us",
    redirect_uri: "http://localhost:19284/callback",
    scope: "projects",
    created_at: "2026-01-01T00:00:00Z",
    ...more
  })

const others = {
  "~/.mp/oauth/client_us_19285.json": registration("other", { redirect_uri: "http://localhost:19285/callback" }),
  "~/.mp/oauth/client_eu.json": registration("eu", { region: "eu" })
}
const files = (more: Readonly<Record<string, unknown>> = {}) => ({
  ...others,
  "~/.mp/oauth/client_us.json": registration("old", more)
})

const unfinished = { unfinished_at: "2026-01-02T00:00:00.000Z" }
const loginPage: ScriptedResponse = { status: 302, headers: { location: "/login/?next=x" } }
const errorPage: ScriptedResponse = { status: 400, body: "<h1>invalid_client</h1>" }
const leadsTo = (location: string): ScriptedResponse => ({ status: 302, headers: { location } })
const said = (status: number, error: string): ScriptedResponse => ({ status, body: { error } })

/** What the server says of a client that it does not know: on its page, and at the token endpoint. */
const server =
  (page: ScriptedResponse, token: ScriptedResponse) =>
  ({ body, method, url }: { readonly body: string; readonly method: string; readonly url: string }) => {
    if (url.endsWith("/register/")) return { status: 201, body: { client_id: "new" } }
    if (method === "GET") return page
    const form = new URLSearchParams(body)
    if (form.get("client_id") !== "old" && form.get("code") === "c") {
      return { body: { access_token: "a", refresh_token: "r", token_type: "Bearer", expires_in: 60, scope: "" } }
    }
    return form.get("client_id") === "old" ? token : said(400, "invalid_grant")
  }

/** A person who comes back with this; `null` stays away. */
type Person = (clientId: string, state: string) => string | null

const approves: Person = (_, state) => `code=c&state=${state}`
const staysAway: Person = () => null
const errorForOld =
  (error: string): Person =>
  (clientId, state) =>
    clientId === "old" ? `error=${error}&state=${state}` : `code=c&state=${state}`

const logIn = (person: Person) =>
  Effect.gen(function* () {
    const events: Array<string> = []
    const callbacks = yield* ScriptedCallbacks
    const report = (event: LoginEvent) =>
      Effect.gen(function* () {
        events.push(event._tag)
        if (event._tag !== "Waiting") return
        const { searchParams } = new URL(event.url)
        const query = person(searchParams.get("client_id") ?? "", searchParams.get("state") ?? "")
        if (query !== null) yield* Effect.forkDaemon(callbacks.deliver(query))
      })
    const flow = yield* OAuthFlow
    const login = yield* Effect.fork(
      Effect.either(
        flow.login({
          region: "us",
          keep: () => Effect.void,
          openBrowser: false,
          timeoutSeconds: 60,
          pastes: Stream.empty,
          alwaysPaste: false,
          pastesAreFinal: false,
          report
        })
      )
    )
    yield* TestClock.adjust("30 seconds")
    yield* TestClock.adjust("31 seconds")
    const outcome = yield* Fiber.join(login)
    const stored = Object.entries(yield* Effect.flatMap(MemoryFilesControl, ({ snapshot }) => snapshot))
    const read = (name: string): unknown => {
      const [, text = "{}"] = stored.find(([path]) => path.endsWith(name)) ?? []
      return JSON.parse(text)
    }
    const requests = yield* Effect.flatMap(ScriptedHttp, (http) => http.requests)
    yield* Effect.flatMap(ScriptedHttp, ({ clear }) => clear)
    return {
      outcome,
      events,
      read,
      registered: requests.filter(({ url }) => url.endsWith("/register/")).length,
      requests
    }
  })

it.effect("a login that is given up is noted, and the next one asks the server", () =>
  Effect.gen(function* () {
    const first = yield* logIn(staysAway)
    expect(first.outcome).toMatchObject({ left: { _tag: "OAuthTimeout" } })
    expect(first.requests).toEqual([])
    expect(first.read("client_us.json")).toMatchObject({ client_id: "old", unfinished_at: expect.any(String) })
    const second = yield* logIn(approves)
    expect(second.outcome._tag).toBe("Left")
    expect(second).toMatchObject({ registered: 0, events: ["Waiting", "Approved"] })
    expect(second.requests.map(({ method }) => method)).toEqual(["GET", "POST", "POST"])
  }).pipe(Effect.provide(layer({ files: files(), http: server(loginPage, said(400, "invalid_grant")) })))
)

it.effect("one that succeeds forgets that another was given up", () =>
  Effect.gen(function* () {
    const login = yield* logIn(approves)
    expect(login).toMatchObject({ registered: 0, events: ["Waiting", "Approved"] })
    expect(login.outcome._tag).toBe("Right")
    expect(login.read("client_us.json")).toEqual(JSON.parse(registration("known")))
    const next = yield* logIn(approves)
    expect(next.requests.length).toBe(1)
  }).pipe(
    Effect.provide(
      layer({
        files: { "~/.mp/oauth/client_us.json": registration("known", unfinished) },
        http: server(loginPage, said(400, "invalid_grant"))
      })
    )
  )
)

it.effect.each([
  ["an error page", errorPage, said(400, "invalid_grant")],
  ["an error page with 401", { ...errorPage, status: 401 }, said(400, "invalid_grant")],
  ["a redirect with invalid_client", leadsTo("/oauth/error?error=invalid_client"), said(400, "invalid_grant")],
  [
    "a redirect with unauthorized_client",
    leadsTo("http://localhost:19284/callback?error=unauthorized_client"),
    said(400, "invalid_grant")
  ],
  ["the token endpoint alone: invalid_client", loginPage, said(401, "invalid_client")],
  ["the token endpoint alone: unauthorized_client", loginPage, said(400, "unauthorized_client")],
  ["the token endpoint, behind a page that refuses robots", { status: 403 }, said(401, "invalid_client")]
] as const)("after a login that was given up, %s has the next one register anew, and say so once", ([, page, token]) =>
  Effect.gen(function* () {
    const { events, outcome, read, registered } = yield* logIn(approves)
    expect(outcome._tag).toBe("Right")
    expect(registered).toBe(1)
    expect(events).toEqual(["RegisteredAnew", "Waiting", "Approved"])
    expect(read("client_us.json")).toMatchObject({ client_id: "new" })
    expect(read("client_us.json")).not.toHaveProperty("unfinished_at")
    for (const [path, text] of Object.entries(others)) expect(read(path.slice(1))).toEqual(JSON.parse(text))
  }).pipe(Effect.provide(layer({ files: files(unfinished), http: server(page, token) })))
)

it.effect.each([
  ["a page to log in at", loginPage],
  ["the page itself", { status: 200, body: "<h1>Approve</h1>" }],
  ["a page that refuses robots", { status: 403 }],
  ["a server in trouble", { status: 503 }],
  ["another error", leadsTo("http://localhost:19284/callback?error=login_required")]
] as const)("a client is kept where the server answers with %s", ([, page]) =>
  Effect.gen(function* () {
    const { registered, read } = yield* logIn(staysAway)
    expect(registered).toBe(0)
    expect(read("client_us.json")).toMatchObject({ client_id: "old" })
  }).pipe(Effect.provide(layer({ files: files(unfinished), http: server(page, said(400, "invalid_grant")) })))
)

it.effect.each(["invalid_client", "unauthorized_client"])(
  "a redirect with %s goes on with a new client at once",
  (error) =>
    Effect.gen(function* () {
      const { events, outcome, registered } = yield* logIn(errorForOld(error))
      expect(outcome._tag).toBe("Right")
      expect(registered).toBe(1)
      expect(events).toEqual(["Waiting", "RegisteredAnew", "Waiting", "Approved"])
    }).pipe(Effect.provide(layer({ files: files(), http: server(loginPage, said(400, "invalid_grant")) })))
)

it.effect("a server that refuses the new client too is believed", () =>
  Effect.gen(function* () {
    const { outcome, registered } = yield* logIn((_, state) => `error=unauthorized_client&state=${state}`)
    expect(outcome).toMatchObject({
      left: { _tag: "OAuthAuthDenied", reason: expect.stringContaining("unauthorized_client") }
    })
    expect(registered).toBe(1)
  }).pipe(Effect.provide(layer({ files: files(), http: server(loginPage, said(400, "invalid_grant")) })))
)

it.effect("a registration with a secret is not used; a new one takes its place", () =>
  Effect.gen(function* () {
    const { outcome, read, registered } = yield* logIn(approves)
    expect(outcome._tag).toBe("Right")
    expect(registered).toBe(1)
    expect(read("client_us.json")).toMatchObject({ client_id: "new" })
    expect(read("client_us.json")).not.toHaveProperty("client_secret")
  }).pipe(
    Effect.provide(layer({ files: files({ client_secret: "s" }), http: server(loginPage, said(400, "invalid_grant")) }))
  )
)
