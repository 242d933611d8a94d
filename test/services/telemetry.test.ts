/** What observers see: spans and metrics in the sequence of retries, replays, refreshes and waits, and no secret in either. */
import { expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import { describe } from "vitest"
import { home, layer, ScriptedFailure, type ScriptedHandler } from "effect-mixpanel/testing"
import { CredentialFiles, Mixpanel, SessionResolver } from "effect-mixpanel"
import { collectingTracer, type CollectedSpan, counting } from "../support/telemetry.ts"

const config = `
[active]
account = "team"

[accounts.team]
type = "service_account"
region = "us"
default_project = "3018488"
username = "team.fake"
secret = "s3cret-of-team"

[accounts.me]
type = "oauth_browser"
region = "eu"
default_project = "3018488"
`

const tokens = (expires: string) =>
  JSON.stringify({
    access_token: "acc3ss-of-me",
    refresh_token: "r3fresh-of-me",
    expires_at: expires,
    token_type: "Bearer",
    scope: "projects",
    client_id: "client-of-me"
  })

const secrets = [
  "s3cret-of-team",
  "acc3ss",
  "r3fresh",
  "V4lue-of-a-query",
  Buffer.from("team.fake:s3cret-of-team").toString("base64")
]

const tokensPath = `${home}/.mp/accounts/me/tokens.json`

/** Answers in turn, the last one for ever. */
const inTurn = (...answers: ReadonlyArray<ReturnType<ScriptedHandler>>): ScriptedHandler => {
  let count = 0
  return () => answers[Math.min(count++, answers.length - 1)] ?? {}
}

const perMinute = (minutes: number) =>
  Effect.forEach(Array.from({ length: minutes }), () => TestClock.adjust("1 minute"), { discard: true })

/** A call with the query value `V4lue-of-a-query`, and what observers saw of it. */
const observing = (
  account: "team" | "me",
  http: ScriptedHandler,
  { expires = "2036-01-01T00:00:00Z", path = "/events/names" } = {}
) => {
  const { collected, exits, tracer } = collectingTracer()
  const call = Effect.gen(function* () {
    const session = yield* Effect.flatMap(SessionResolver, (resolver) => resolver.session({ account }))
    const mixpanel = yield* Mixpanel
    return yield* mixpanel.request(session, { family: "query", path, query: { where: "V4lue-of-a-query" } })
  })
  return Effect.gen(function* () {
    const [exit, counted] = yield* counting(
      Effect.gen(function* () {
        const fiber = yield* Effect.fork(Effect.withTracer(call, tracer))
        yield* perMinute(5)
        return yield* Fiber.await(fiber)
      })
    )
    const all = yield* collected
    const shown = JSON.stringify([all, counted, [...exits.values()].filter(Exit.isFailure)])
    expect(secrets.filter((secret) => shown.includes(secret))).toEqual([])
    return { exit, counted, spans: all.filter(({ kind }) => kind === "client"), all }
  }).pipe(Effect.provide(layer({ files: { "~/.mp/config.toml": config, [tokensPath]: tokens(expires) }, http })))
}

const told = ({ attributes, failed }: CollectedSpan) => [
  attributes["http.response.status_code"] ?? attributes["error.type"],
  attributes["http.request.resend_count"],
  failed
]

describe("spans", () => {
  it.effect("one per attempt below one per call, by the conventions for HTTP", () =>
    Effect.gen(function* () {
      const { all, exit, spans } = yield* observing("team", inTurn({ status: 503 }, { status: 200, body: ["Login"] }))
      expect(Exit.isSuccess(exit)).toBe(true)
      expect(all.find(({ name }) => name === "MixpanelHttpClient.request")).toMatchObject({
        kind: "internal",
        path: ["Mixpanel.request"],
        attributes: { "mixpanel.family": "query", "mixpanel.account": "team", "mixpanel.project": "3018488" },
        failed: false
      })
      expect(spans).toEqual([
        {
          name: "GET /api/query/events/names",
          kind: "client",
          path: ["Mixpanel.request", "MixpanelHttpClient.request"],
          attributes: {
            "mixpanel.family": "query",
            "http.request.method": "GET",
            "url.template": "/api/query/events/names",
            "server.address": "mixpanel.com",
            "server.port": 443,
            "http.response.status_code": 503,
            "error.type": "503"
          },
          failed: true
        },
        {
          name: "GET /api/query/events/names",
          kind: "client",
          path: ["Mixpanel.request", "MixpanelHttpClient.request"],
          attributes: {
            "mixpanel.family": "query",
            "http.request.method": "GET",
            "url.template": "/api/query/events/names",
            "server.address": "mixpanel.com",
            "server.port": 443,
            "http.response.status_code": 200,
            "http.request.resend_count": 1
          },
          failed: false
        }
      ])
    })
  )

  it.effect("a redirect, and an answer that does not come, are attempts, too", () =>
    Effect.gen(function* () {
      const { exit, spans } = yield* observing(
        "team",
        inTurn(
          { status: 302, headers: { location: "/api/query/elsewhere/17?where=V4lue-of-a-query" } },
          Effect.fail(new ScriptedFailure({ code: "ECONNRESET" })),
          { status: 400, body: "no" }
        )
      )
      expect(Exit.isFailure(exit)).toBe(true)
      expect(spans.map(told)).toEqual([
        [302, undefined, false],
        ["no_response", 1, true],
        [400, 2, true]
      ])
      expect(spans[1]?.name).toBe("GET /api/query/elsewhere/{id}")
    })
  )

  it.effect("a refused bearer: the refresh has a span below the call, and the replay says that it is one", () =>
    Effect.gen(function* () {
      const { spans } = yield* observing("me", refreshing({ access_token: "acc3ss-2", refresh_token: "r3fresh-2" }))
      expect(spans.map((span) => [span.name, ...told(span)])).toEqual([
        ["GET /api/query/events/names", 401, undefined, true],
        ["POST /oauth/token/", 200, undefined, false],
        ["GET /api/query/events/names", 200, 1, false]
      ])
      expect(spans[1]).toMatchObject({
        path: ["Mixpanel.request", "MixpanelHttpClient.request", "OAuthFlow.refresh"],
        attributes: { "mixpanel.family": "oauth", "server.address": "eu.mixpanel.com" }
      })
    })
  )

  it.effect("a template names neither project nor workspace nor anything else by its number", () =>
    Effect.gen(function* () {
      const { spans } = yield* observing("team", inTurn({ status: 200, body: {} }), {
        path: "/projects/{project_id}/x/12"
      })
      expect(spans[0]?.attributes["url.template"]).toBe("/api/query/projects/{project_id}/x/{id}")
    })
  )
})

/** Refuses the first bearer; answers a refresh with this. */
const refreshing =
  (answer: object, status = 200): ScriptedHandler =>
  (request) => {
    if (new URL(request.url).pathname === "/oauth/token/")
      return { status, body: { token_type: "Bearer", expires_in: 3600, ...answer } }
    return request.headers["authorization"] === "Bearer acc3ss-of-me"
      ? { status: 401 }
      : { status: 200, body: ["Login"] }
  }

describe("metrics", () => {
  it.effect("count every request by family and class of status, retries, and how long each took", () =>
    Effect.gen(function* () {
      const { counted } = yield* observing(
        "team",
        inTurn(
          { status: 429, headers: { "retry-after": "2" } },
          Effect.delay(Effect.succeed({ status: 503 }), "3 seconds"),
          Effect.fail(new ScriptedFailure({ code: "ECONNRESET" })),
          { status: 200, body: [] }
        )
      )
      expect(counted).toEqual({
        counts: {
          "mixpanel.client.requests{family=query,status_class=4xx}": 1,
          "mixpanel.client.requests{family=query,status_class=5xx}": 1,
          "mixpanel.client.requests{family=query,status_class=none}": 1,
          "mixpanel.client.requests{family=query,status_class=2xx}": 1,
          "mixpanel.client.duration{family=query,unit=s}": 4,
          "mixpanel.client.retries{family=query}": 3
        },
        sums: { "mixpanel.client.duration{family=query,unit=s}": 3 }
      })
    })
  )

  it.effect("count a refresh once, and no replay as a retry", () =>
    Effect.gen(function* () {
      const { counted } = yield* observing("me", refreshing({ access_token: "acc3ss-2", refresh_token: "r3fresh-2" }))
      expect(counted.counts).toEqual({
        "mixpanel.client.requests{family=query,status_class=4xx}": 1,
        "mixpanel.client.requests{family=query,status_class=2xx}": 1,
        "mixpanel.client.requests{family=oauth,status_class=2xx}": 1,
        "mixpanel.client.duration{family=query,unit=s}": 2,
        "mixpanel.client.duration{family=oauth,unit=s}": 1,
        "mixpanel.auth.refreshes{outcome=success}": 1,
        "mixpanel.auth.refresh_duration{unit=s}": 1,
        "mixpanel.lock.wait{unit=s}": 1
      })
    })
  )

  it.effect.each([
    [400, { error: "invalid_grant" }, "invalid_grant"],
    [400, { error: "invalid_client" }, "failure"],
    [503, {}, "failure"]
  ] as const)("say how a refresh ended: %i %j", ([status, body, outcome]) =>
    Effect.gen(function* () {
      const { counted, exit } = yield* observing("me", refreshing(body, status), { expires: "1969-01-01T00:00:00Z" })
      expect(Exit.isFailure(exit)).toBe(true)
      expect(counted.counts).toMatchObject({
        [`mixpanel.auth.refreshes{outcome=${outcome}}`]: 1,
        "mixpanel.auth.refresh_duration{unit=s}": 1
      })
    })
  )

  it.effect("tell how long a lock was waited for, also where it was not had", () =>
    Effect.gen(function* () {
      const files = yield* CredentialFiles
      const [, counted] = yield* counting(
        Effect.gen(function* () {
          const held = yield* Deferred.make<void>()
          const take = (wait: string) => files.withLock("/x", { wait: wait === "long" ? "1 minute" : "2 seconds" })
          const holder = yield* Effect.fork(
            take("long")(() => Effect.zipRight(Deferred.succeed(held, undefined), Effect.sleep("7 seconds")))
          )
          yield* Deferred.await(held)
          const patient = yield* Effect.fork(take("long")(() => Effect.sleep("4 seconds")))
          const hasty = yield* Effect.fork(Effect.flip(take("short")(() => Effect.void)))
          yield* perMinute(2)
          expect((yield* Fiber.join(hasty))._tag).toBe("LockTimeout")
          yield* Fiber.joinAll([holder, patient])
        })
      )
      expect(counted).toEqual({
        counts: { "mixpanel.lock.wait{unit=s}": 3 },
        sums: { "mixpanel.lock.wait{unit=s}": 9 }
      })
    }).pipe(Effect.provide(layer()))
  )
})
