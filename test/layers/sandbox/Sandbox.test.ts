import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { gzipSync } from "node:zlib"
import * as Sandbox from "#src/layers/sandbox/Sandbox.ts"
import { bearer, call, jo, team } from "./support.ts"

describe("a sandbox", () => {
  it.scoped("tells where it listens and what opens it", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.start()
      assert.match(sandbox.url, /^http:\/\/127\.0\.0\.1:\d+$/)
      assert.deepStrictEqual(sandbox.environment, { MP_API_BASE_URL: sandbox.url })
      assert.deepStrictEqual(sandbox.credentials.bearers[0], {
        token: "sandbox-bearer-jo",
        email: "jo@example.com",
        projects: ["3018488", "3713224"]
      })
      assert.strictEqual((yield* call(sandbox, "/api/app/me", { headers: jo })).status, 200)
    })
  )

  it.effect("is a layer", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.Sandbox
      assert.strictEqual((yield* call(sandbox, "/nowhere")).status, 404)
    }).pipe(Effect.provide(Sandbox.layer()))
  )

  it.live("drops its connections when the scope closes, and frees the port", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const sandbox = yield* Scope.extend(Sandbox.start({ faults: [{ path: "/", delayMillis: 60_000 }] }), scope)
      const pending = yield* Effect.fork(Effect.flip(call(sandbox, "/api/app/me")))
      while ((yield* sandbox.requests).length === 0) yield* Effect.sleep("5 millis")
      yield* Scope.close(scope, Exit.void)
      yield* pending
      const again = yield* Effect.scoped(Sandbox.start({ port: Number(new URL(sandbox.url).port) }))
      assert.strictEqual(again.url, sandbox.url)
    })
  )

  it.scoped("says so when the port is taken", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.start()
      const error = yield* Effect.flip(Sandbox.start({ port: Number(new URL(sandbox.url).port) }))
      assert.strictEqual(error._tag, "SandboxError")
      assert.match(error.message, /cannot listen on 127\.0\.0\.1:\d+: .*EADDRINUSE/)
    })
  )

  it.scoped("remembers every request, in order", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.start()
      yield* call(sandbox, "/api/app/me?a=1&b=x%20y", { headers: { ...jo, "X-Custom": "yes" } })
      yield* call(sandbox, "/track/", {
        method: "POST",
        headers: { "content-encoding": "gzip" },
        body: gzipSync("[]")
      })
      const [first, second] = yield* sandbox.requests
      assert.strictEqual(first?.path, "/api/app/me")
      assert.strictEqual(first?.url, "/api/app/me?a=1&b=x%20y")
      assert.deepStrictEqual(first?.query, { a: "1", b: "x y" })
      assert.strictEqual(first?.headers["x-custom"], "yes")
      assert.strictEqual(first?.headers["authorization"], "Bearer sandbox-bearer-jo")
      assert.strictEqual(second?.method, "POST")
      assert.strictEqual(second?.body, "[]")
      yield* sandbox.clearRequests
      assert.deepStrictEqual(yield* sandbox.requests, [])
    })
  )

  it.scoped("answers 429 when a credential asks too often, each on its own account", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.start({ rateLimit: { requests: 2, perMillis: 60_000, retryAfterSeconds: 7 } })
      const me = (headers: Record<string, string>) => call(sandbox, "/api/app/me", { headers })
      assert.strictEqual((yield* me(jo)).status, 200)
      assert.strictEqual((yield* me(jo)).status, 200)
      const refused = yield* me(jo)
      assert.strictEqual(refused.status, 429)
      assert.strictEqual(refused.headers.get("retry-after"), "7")
      assert.strictEqual((yield* me(team)).status, 200)
      assert.strictEqual((yield* me(bearer("unknown"))).status, 401)
    })
  )

  it.scoped("has no OAuth server when told so", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.start({ oauth: false })
      const answer = yield* call(sandbox, "/oauth/authorize/")
      assert.strictEqual(answer.status, 501)
      assert.match(answer.text, /npm install oidc-provider/)
    })
  )
})

describe("a script", () => {
  it.scoped("answers instead, for as many requests as it says, then lets pass", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.start()
      const me = Effect.map(call(sandbox, "/api/app/me", { headers: jo }), ({ status }) => status)
      yield* sandbox.script({ path: "/api/app", status: 503, times: 2 }, { path: "/api/app/me", status: 401 })
      assert.strictEqual((yield* call(sandbox, "/nowhere")).status, 404)
      assert.deepStrictEqual(yield* Effect.all([me, me, me, me]), [503, 503, 401, 200])
      yield* sandbox.script({ path: "/api/app/me", method: "POST", status: 500 })
      assert.strictEqual(yield* me, 200)
      yield* sandbox.script({ path: "/api/app/me", after: 1, status: 500, times: Number.POSITIVE_INFINITY })
      assert.deepStrictEqual(yield* Effect.all([me, me, me]), [200, 500, 500])
      yield* sandbox.clearScript
      assert.strictEqual(yield* me, 200)
    })
  )

  it.scoped("sets status, headers and body", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.start({
        faults: [
          { path: "/a", status: 429, headers: { "retry-after": "3" }, body: { error: "slow" } },
          { path: "/a", body: "<html>" },
          { path: "/a", status: 204 }
        ]
      })
      const limited = yield* call(sandbox, "/a")
      assert.deepStrictEqual([limited.status, limited.headers.get("retry-after")], [429, "3"])
      assert.deepStrictEqual(limited.json, { error: "slow" })
      const html = yield* call(sandbox, "/a")
      assert.deepStrictEqual([html.status, html.text], [200, "<html>"])
      assert.deepStrictEqual((yield* call(sandbox, "/a")).status, 204)
    })
  )

  it.scoped("cuts, resets and delays", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.start()
      const me = call(sandbox, "/api/app/me", { headers: jo })
      for (const fault of [{ truncate: 20 }, { truncate: 0 }, { reset: true }, { reset: "handled" }] as const) {
        yield* sandbox.script({ path: "/api/app/me", ...fault })
        assert.instanceOf((yield* Effect.flip(me)).cause, TypeError)
      }
      yield* sandbox.script({ path: "/api/app/me", delayMillis: 60 })
      const before = performance.now()
      assert.strictEqual((yield* me).status, 200)
      assert.isAtLeast(performance.now() - before, 55)
      assert.strictEqual((yield* sandbox.requests).length, 5)
    })
  )
})
