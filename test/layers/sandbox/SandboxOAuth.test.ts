import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { createHash } from "node:crypto"
import { vi } from "vitest"
import * as Sandbox from "#src/layers/sandbox/Sandbox.ts"
import { type Answer, at, bearer, call } from "./support.ts"

const redirectUri = "http://localhost:19284/callback"
const scope =
  "projects analysis events insights segmentation retention data:read funnels flows data_definitions dashboard_reports bookmarks"
const verifier = "sandbox-".repeat(8)
const challenge = createHash("sha256").update(verifier).digest("base64url")

const register = (sandbox: Sandbox.SandboxServer) =>
  call(sandbox, "/oauth/mcp/register/", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      redirect_uris: [redirectUri],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
      scope
    })
  })

const authorizePath = (clientId: string) =>
  `/oauth/authorize/?${new URLSearchParams({
    response_type: "code",
    client_id: clientId,
    redirect_uri: redirectUri,
    state: "a-state",
    code_challenge: challenge,
    code_challenge_method: "S256"
  })}`

/** A browser: keeps cookies, follows redirects inside the sandbox, stops where they lead out of it. */
const makeBrowser = (sandbox: Sandbox.SandboxServer) => {
  const cookies = new Map<string, string>()
  const visit = (path: string, method = "GET"): Effect.Effect<Answer & { readonly at: URL }, Error> =>
    Effect.gen(function* () {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ")
      const answer = yield* call(sandbox, path, { method, headers: { cookie } })
      for (const line of answer.headers.getSetCookie()) {
        const [name = "", value = ""] = line.split(";", 1)[0]?.split(/=(.*)/s) ?? []
        cookies.set(name, value)
      }
      const location = answer.headers.get("location")
      const next = new URL(location ?? path, new URL(path, sandbox.url))
      if (location === null || next.origin !== sandbox.url) return { ...answer, at: next }
      return yield* visit(next.href)
    })
  return visit
}

const press = (visit: ReturnType<typeof makeBrowser>, page: Answer, id: string) => {
  const action = new RegExp(`action="([^"]+)"><button id="${id}"`).exec(page.text)?.[1]
  return visit(action ?? `/no-button-${id}`, "POST")
}

const post = (sandbox: Sandbox.SandboxServer, path: string, form: Record<string, string>) =>
  call(sandbox, path, { method: "POST", body: new URLSearchParams(form) })

const login = (sandbox: Sandbox.SandboxServer) =>
  Effect.gen(function* () {
    const clientId = String(at((yield* register(sandbox)).json, "client_id"))
    const visit = makeBrowser(sandbox)
    const back = yield* press(visit, yield* visit(authorizePath(clientId)), "approve")
    const tokens = yield* post(sandbox, "/oauth/token/", {
      grant_type: "authorization_code",
      code: back.at.searchParams.get("code") ?? "",
      redirect_uri: redirectUri,
      client_id: clientId,
      code_verifier: verifier
    })
    return { clientId, back, tokens }
  })

/** The clock of this process, which is that of the sandbox, too. */
const inSixSeconds = Effect.acquireRelease(
  Effect.sync(() => vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 6_000 })),
  () => Effect.sync(() => vi.useRealTimers())
)

describe("the OAuth server", () => {
  it.scoped("registers, authorizes, exchanges, rotates, refuses reuse", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.start()
      const { back, clientId, tokens } = yield* login(sandbox)
      assert.strictEqual(`${back.at.origin}${back.at.pathname}`, redirectUri)
      assert.strictEqual(back.at.searchParams.get("state"), "a-state")
      assert.strictEqual(back.at.searchParams.get("iss"), `${sandbox.url}/oauth`)
      assert.strictEqual(tokens.status, 200)
      assert.strictEqual(at(tokens.json, "scope"), scope)
      assert.strictEqual(at(tokens.json, "expires_in"), 3600)
      const access = String(at(tokens.json, "access_token"))
      const me = yield* call(sandbox, "/api/app/me", { headers: bearer(access) })
      assert.strictEqual(at(me.json, "results", "user_email"), "jo@example.com")

      const refresh = (token: unknown) =>
        post(sandbox, "/oauth/token", {
          grant_type: "refresh_token",
          refresh_token: String(token),
          client_id: clientId
        })
      const old = at(tokens.json, "refresh_token")
      const next = yield* refresh(old)
      assert.strictEqual(next.status, 200)
      assert.notStrictEqual(at(next.json, "refresh_token"), old)
      const refused = yield* refresh(old)
      assert.deepStrictEqual([refused.status, at(refused.json, "error")], [400, "invalid_grant"])
      assert.strictEqual((yield* refresh(at(next.json, "refresh_token"))).status, 400)
      assert.strictEqual((yield* call(sandbox, "/api/app/me", { headers: bearer(access) })).status, 401)
    })
  )

  it.scoped("revokes", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.start({ oauth: true })
      const { clientId, tokens } = yield* login(sandbox)
      const token = String(at(tokens.json, "refresh_token"))
      const gone = yield* post(sandbox, "/oauth/revoke_token/", { token, client_id: clientId })
      assert.strictEqual(gone.status, 200)
      const refused = yield* post(sandbox, "/oauth/token/", {
        grant_type: "refresh_token",
        refresh_token: token,
        client_id: clientId
      })
      assert.strictEqual(at(refused.json, "error"), "invalid_grant")
    })
  )

  it.scoped("hands a denial back", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.start()
      const clientId = String(at((yield* register(sandbox)).json, "client_id"))
      const visit = makeBrowser(sandbox)
      const back = yield* press(visit, yield* visit(authorizePath(clientId)), "deny")
      assert.strictEqual(back.at.searchParams.get("error"), "access_denied")
      assert.strictEqual(back.at.searchParams.get("state"), "a-state")
    })
  )

  it.live("lets access tokens expire, and logs in whom it was told to", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.start({ oauth: { accessTokenTtlSeconds: 5, userId: 43 } })
      const access = String(at((yield* login(sandbox)).tokens.json, "access_token"))
      const me = call(sandbox, "/api/app/me", { headers: bearer(access) })
      assert.strictEqual(at((yield* me).json, "results", "user_email"), "sam@example.com")
      yield* inSixSeconds
      assert.strictEqual((yield* me).status, 401)
    }).pipe(Effect.scoped)
  )

  it.scoped("can lose the answer to a refresh that it has made", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.start()
      const { clientId, tokens } = yield* login(sandbox)
      const form = {
        grant_type: "refresh_token",
        refresh_token: String(at(tokens.json, "refresh_token")),
        client_id: clientId
      }
      yield* sandbox.script({ path: "/oauth/token", reset: "handled" })
      yield* Effect.flip(post(sandbox, "/oauth/token/", form))
      assert.strictEqual((yield* post(sandbox, "/oauth/token/", form)).status, 400)
    })
  )
})
