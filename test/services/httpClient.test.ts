import { inspect } from "node:util"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { expect, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { describe } from "vitest"
import { UnexpectedResponse } from "#src/domain/api/ApiError.ts"
import type { ApiFamily } from "#src/domain/api/Endpoints.ts"
import type { Session } from "#src/domain/session/Session.ts"
import { ScriptedFailure, ScriptedHttp, type ScriptedResponse } from "#src/layers/memory/ScriptedHttp.ts"
import { MixpanelHttpClient, type RequestOptions } from "#src/services/api/MixpanelHttpClient.ts"
import {
  browserSession,
  headerSecret,
  over,
  recordingTracer,
  secret,
  serviceSession,
  Tokens,
  tokenNumber
} from "./httpSupport.ts"

const client = (session: Session, family: ApiFamily, options?: RequestOptions) =>
  Effect.flatMap(MixpanelHttpClient, (mixpanel) => mixpanel.forSession(session, family, options))

const get = (session: Session = serviceSession, path = "/x?secret_query=1") =>
  Effect.flatMap(client(session, "query"), (bound) => bound.get(path))

const sent = Effect.flatMap(ScriptedHttp, ({ requests }) => requests)

/** Answers in turn; the last answer is repeated. */
const inTurn = (...answers: ReadonlyArray<ScriptedResponse & { readonly fails?: string }>) => {
  let count = 0
  return () => {
    const answer = answers[Math.min(count++, answers.length - 1)] ?? {}
    return answer.fails !== undefined ? Effect.fail(new ScriptedFailure({ code: answer.fails })) : answer
  }
}

const settled = <A, E, R>(effect: Effect.Effect<A, E, R>, time: Duration.DurationInput = "1 minute") =>
  Effect.gen(function* () {
    const fiber = yield* Effect.fork(effect)
    yield* TestClock.adjust(time)
    yield* TestClock.adjust(time)
    yield* TestClock.adjust(time)
    return yield* Fiber.join(fiber)
  })

describe("what is sent", () => {
  it.effect("goes to the family's base, with Basic in UTF-8, the session's headers and a user agent", () =>
    Effect.gen(function* () {
      yield* get(serviceSession, "/segmentation?a=1")
      const [request] = yield* sent
      expect(request?.url).toBe("https://mixpanel.com/api/query/segmentation?a=1")
      expect(request?.headers["authorization"]).toBe(
        `Basic ${Buffer.from(`team.292e7c:${secret}`, "utf8").toString("base64")}`
      )
      expect(request?.headers["x-corp"]).toBe(headerSecret)
      expect(request?.headers["user-agent"]).toMatch(/^effect-mixpanel\/\d+\.\d+\.\d+$/)
    }).pipe(Effect.provide(over(() => ({}))))
  )

  it.effect("lets neither session nor caller replace the authorization or the host", () =>
    Effect.gen(function* () {
      const session = serviceSession.replace({
        headers: {
          Authorization: Redacted.make("Bearer other"),
          HOST: Redacted.make("evil.example"),
          "Content-Length": Redacted.make("999"),
          "X-Ok": Redacted.make("yes")
        }
      })
      const bound = yield* client(session, "query")
      yield* bound.execute(
        HttpClientRequest.post("/x").pipe(
          HttpClientRequest.setHeaders({ authorization: "Bearer mine", host: "evil.example", "x-own": "1" }),
          HttpClientRequest.setUrlParam("q", "1"),
          HttpClientRequest.bodyText("hello")
        )
      )
      const [request] = yield* sent
      expect(request?.headers["authorization"]).toMatch(/^Basic /)
      expect(request?.headers).toMatchObject({ "x-ok": "yes", "x-own": "1", "content-type": "text/plain" })
      expect(request?.headers["host"]).toBeUndefined()
      expect(request?.headers["content-length"]).not.toBe("999")
      expect(request).toMatchObject({ method: "POST", body: "hello", url: "https://mixpanel.com/api/query/x?q=1" })
    }).pipe(Effect.provide(over(() => ({}))))
  )

  it.effect("is rooted at the host when asked", () =>
    Effect.gen(function* () {
      const bound = yield* client(serviceSession, "engage", { rootedAt: "host" })
      yield* bound.get("/api/2.0/engage")
      expect((yield* sent)[0]?.url).toBe("https://mixpanel.com/api/2.0/engage")
    }).pipe(Effect.provide(over(() => ({}))))
  )

  it.effect("uses the credential that the family takes", () =>
    Effect.gen(function* () {
      yield* Effect.flatMap(client(serviceSession, "export"), (bound) => bound.get("/export"))
      yield* Effect.flatMap(client(serviceSession, "track"), (bound) => bound.get("/"))
      const [exported, tracked] = yield* sent
      expect(exported?.headers["authorization"]).toBe(`Basic ${Buffer.from("project-secret:").toString("base64")}`)
      expect(tracked?.headers["authorization"]).toBeUndefined()
    }).pipe(Effect.provide(over(() => ({}), { keys: { secret: "project-secret", token: "project-token" } })))
  )

  it.effect("is the body alone where a project's token belongs into it", () =>
    Effect.gen(function* () {
      yield* Effect.flatMap(client(serviceSession, "track"), (bound) => bound.post("/track"))
      yield* Effect.flatMap(client(serviceSession, "profiles"), (bound) => bound.post("/engage"))
      for (const { headers, url } of yield* sent) {
        expect(url).toMatch(/^https:\/\/api\.mixpanel\.com\/(track|engage)$/)
        expect(headers["authorization"]).toBeUndefined()
      }
      expect(yield* sent).toHaveLength(2)
    }).pipe(Effect.provide(over(() => ({}))))
  )

  it.effect("is nothing without a credential that the family takes, or to another origin", () =>
    Effect.gen(function* () {
      const noPerson = yield* Effect.flip(Effect.flatMap(client(serviceSession, "gdpr"), (bound) => bound.get("/")))
      expect(noPerson._tag).toBe("CredentialNotAccepted")
      const elsewhere = yield* Effect.flip(get(browserSession, "https://evil.example/"))
      expect(elsewhere._tag).toBe("InvalidArgument")
      expect(yield* sent).toEqual([])
      expect((yield* Tokens).asked).toBe(0)
    }).pipe(Effect.provide(over(() => ({}))))
  )
})

describe("statuses", () => {
  it.effect.each([
    [400, "QueryRejected"],
    [403, "AuthenticationFailed"],
    [404, "QueryRejected"],
    [418, "QueryRejected"],
    [401, "AuthenticationFailed"],
    [304, "UnexpectedResponse"]
  ] as const)("%i is %s, at once", ([status, tag]) =>
    Effect.gen(function* () {
      expect((yield* Effect.flip(get()))._tag).toBe(tag)
      expect(yield* sent).toHaveLength(1)
    }).pipe(Effect.provide(over(() => ({ status, ...(status === 304 ? {} : { body: { error: "no" } }) }))))
  )

  it.effect("the response of a failure can be had as received", () =>
    Effect.gen(function* () {
      const mixpanel = yield* MixpanelHttpClient
      const response = yield* mixpanel.send(serviceSession, "app", HttpClientRequest.get("/api/app/me"), {
        rootedAt: "host"
      })
      expect(response.status).toBe(404)
      expect(yield* response.text).toBe("<html>as received</html>")
    }).pipe(Effect.provide(over(() => ({ status: 404, body: "<html>as received</html>" }))))
  )

  it.effect("a body can be had as a stream, and what stands before it fails as ever", () =>
    Effect.gen(function* () {
      const mixpanel = yield* MixpanelHttpClient
      const bytes = (path: string) => mixpanel.stream(serviceSession, "export", HttpClientRequest.get(path))
      expect(yield* Stream.mkString(Stream.decodeText(bytes("/export?from_date=1")))).toBe("a\nb")
      expect(yield* Effect.flip(Stream.runDrain(bytes("/none")))).toMatchObject({ _tag: "QueryRejected", reason: "no" })
      expect(yield* Effect.flip(Stream.runDrain(bytes("https://evil.example/")))).toMatchObject({
        _tag: "InvalidArgument"
      })
    }).pipe(
      Effect.provide(
        over(({ url }) => (url.includes("none") ? { status: 404, body: { error: "no" } } : { body: "a\nb" }))
      )
    )
  )

  it.effect("a family that is none is named, and the client is made all the same", () =>
    Effect.gen(function* () {
      const none: ApiFamily = JSON.parse('"quarry"')
      const bound = yield* client(serviceSession, none)
      expect(yield* Effect.flip(bound.get("/x"))).toMatchObject({
        _tag: "InvalidArgument",
        details: { path: ["family"] }
      })
      expect(yield* sent).toEqual([])
    }).pipe(Effect.provide(over(() => ({}))))
  )

  it.effect("a body that is not what is asked for fails with our error, as a value", () =>
    Effect.gen(function* () {
      const response = yield* get()
      const failure: unknown = yield* Effect.flip(response.json)
      expect(failure).toBeInstanceOf(UnexpectedResponse)
      expect(failure).toMatchObject({ code: "INVALID_RESPONSE", reason: "the body is not valid JSON" })
    }).pipe(Effect.provide(over(() => ({ body: "{" }))))
  )

  it.effect("a body that is no text fails with our error where text is asked for, and can be had as bytes", () =>
    Effect.gen(function* () {
      const response = yield* get()
      for (const read of [response.text, response.json, response.urlParamsBody]) {
        const failure: unknown = yield* Effect.flip(read)
        expect(failure).toBeInstanceOf(UnexpectedResponse)
        expect(failure).toMatchObject({ code: "INVALID_RESPONSE", reason: "the body is not valid UTF-8" })
      }
      expect(new Uint8Array(yield* response.arrayBuffer)).toEqual(Uint8Array.of(0x22, 0xff, 0x22))
    }).pipe(Effect.provide(over(() => ({ body: Uint8Array.of(0x22, 0xff, 0x22) }))))
  )

  it.effect("the body of a success is left to the caller, as a stream", () =>
    Effect.gen(function* () {
      const response = yield* get()
      expect(yield* Stream.mkString(Stream.decodeText(response.stream))).toBe("line one\nline two")
    }).pipe(Effect.provide(over(() => ({ body: "line one\nline two" }))))
  )
})

describe("retries", () => {
  it.effect("5xx three times for GET, with growing, random waits", () =>
    Effect.gen(function* () {
      const failure = yield* Effect.flip(settled(get()))
      expect(failure).toMatchObject({ _tag: "ServerFailed", status: 503, reason: "down" })
      expect(yield* sent).toHaveLength(4)
    }).pipe(Effect.provide(over(inTurn({ status: 503, body: { error: "down" } }))))
  )

  it.effect("never waits longer than the cap: all four attempts within 1.75 s", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.fork(Effect.exit(get()))
      for (let tick = 0; tick < 35; tick++) yield* TestClock.adjust("50 millis")
      expect(yield* sent).toHaveLength(4)
      yield* Fiber.join(fiber)
    }).pipe(Effect.provide(over(inTurn({ status: 500 }))))
  )

  it.effect("neither 5xx nor silence for POST", () =>
    Effect.gen(function* () {
      const bound = yield* client(serviceSession, "query")
      const tags = yield* Effect.forEach([1, 2], () =>
        Effect.map(Effect.flip(bound.post("/x", {})), ({ _tag }) => _tag)
      )
      expect(tags).toEqual(["ServerFailed", "NetworkFailed"])
      expect(yield* sent).toHaveLength(2)
    }).pipe(Effect.provide(over(inTurn({ status: 503 }, { fails: "ECONNRESET" }))))
  )

  it.effect("429 for POST too, waiting as long as the server says", () =>
    Effect.gen(function* () {
      const bound = yield* client(serviceSession, "query")
      const fiber = yield* Effect.fork(bound.post("/x"))
      yield* TestClock.adjust("29 seconds")
      expect(yield* sent).toHaveLength(1)
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(fiber)
      expect(yield* sent).toHaveLength(2)
    }).pipe(Effect.provide(over(inTurn({ status: 429, headers: { "retry-after": "30" } }, {}))))
  )

  it.effect("a date is as good as seconds", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.fork(get())
      yield* TestClock.adjust("9 seconds")
      expect(yield* sent).toHaveLength(1)
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(fiber)
      expect(yield* sent).toHaveLength(2)
    }).pipe(
      Effect.provide(over(inTurn({ status: 429, headers: { "retry-after": new Date(10_000).toUTCString() } }, {})))
    )
  )

  it.effect("fails at once when told to wait for more than a minute", () =>
    Effect.gen(function* () {
      const failure = yield* Effect.flip(get())
      expect(failure).toMatchObject({ _tag: "RateLimited", retryAfterSeconds: Option.some(3600), reason: "slow down" })
      expect(yield* sent).toHaveLength(1)
    }).pipe(
      Effect.provide(over(inTurn({ status: 429, headers: { "retry-after": "3600" }, body: { error: "slow down" } })))
    )
  )

  it.effect("silence, and says why when it stays", () =>
    Effect.gen(function* () {
      const failure = yield* Effect.flip(settled(get()))
      expect(failure).toMatchObject({ _tag: "NetworkFailed", reason: "the host name does not resolve" })
      expect(yield* sent).toHaveLength(4)
    }).pipe(Effect.provide(over(inTurn({ fails: "ENOTFOUND" }))))
  )

  it.effect.each([
    ["query", 120],
    ["export", 600]
  ] as const)("%s: an attempt may take %i s", ([family, seconds]) =>
    Effect.gen(function* () {
      const bound = yield* client(serviceSession, family)
      const fiber = yield* Effect.fork(Effect.flip(bound.post("/x")))
      yield* TestClock.adjust(Duration.seconds(seconds - 1))
      expect(yield* Fiber.poll(fiber)).toEqual(Option.none())
      yield* TestClock.adjust("1 second")
      expect(yield* Fiber.join(fiber)).toMatchObject({
        _tag: "NetworkFailed",
        reason: `no answer arrived within ${seconds} s`
      })
    }).pipe(Effect.provide(over(() => Effect.never)))
  )

  it.effect("an interrupted request ends, and its transport with it", () => {
    let ended = false
    const hanging = Effect.onInterrupt(Effect.never, () => Effect.sync(() => void (ended = true)))
    return Effect.gen(function* () {
      const fiber = yield* Effect.fork(get())
      yield* Effect.yieldNow()
      expect(Exit.isInterrupted(yield* Fiber.interrupt(fiber))).toBe(true)
      expect(ended).toBe(true)
    }).pipe(Effect.provide(over(() => hanging)))
  })
})

describe("a refused bearer", () => {
  it.effect("is replaced once, and the request replayed", () =>
    Effect.gen(function* () {
      const bound = yield* client(browserSession, "query")
      yield* bound.execute(HttpClientRequest.bodyText(HttpClientRequest.post("/x"), "again"))
      const requests = yield* sent
      expect(requests.map(({ headers }) => headers["authorization"])).toEqual([
        `Bearer ${tokenNumber(0)}`,
        `Bearer ${tokenNumber(1)}`
      ])
      expect(requests[1]?.body).toBe("again")
      expect((yield* Tokens).refused).toEqual([tokenNumber(0)])
    }).pipe(Effect.provide(over(inTurn({ status: 401 }, {}))))
  )

  it.effect("is not replaced twice", () =>
    Effect.gen(function* () {
      expect((yield* Effect.flip(get(browserSession)))._tag).toBe("AuthenticationFailed")
      expect(yield* sent).toHaveLength(2)
    }).pipe(Effect.provide(over(inTurn({ status: 401 }))))
  )

  it.effect("stands when there is no other", () =>
    Effect.gen(function* () {
      expect((yield* Effect.flip(get(browserSession)))._tag).toBe("AuthenticationFailed")
      expect(yield* sent).toHaveLength(1)
    }).pipe(Effect.provide(over(inTurn({ status: 401 }), { renew: false })))
  )

  it.effect("retries look the bearer up anew", () =>
    Effect.gen(function* () {
      yield* settled(get(browserSession))
      expect((yield* Tokens).asked).toBe(3)
    }).pipe(Effect.provide(over(inTurn({ status: 503 }, { status: 502 }, {}))))
  )
})

describe("no secret is shown", () => {
  const spelled = (text: string): ReadonlyArray<string> => [
    text,
    encodeURIComponent(text),
    Buffer.from(text).toString("base64").replace(/=+$/, ""),
    Buffer.from(text).toString("base64url")
  ]
  const identities: ReadonlyArray<readonly [string, Session, ReadonlyArray<string>]> = [
    ["a service account", serviceSession, [secret, headerSecret, `team.292e7c:${secret}`].flatMap(spelled)],
    ["a bearer", browserSession, spelled(tokenNumber(0))],
    ["the bearer after a refused one", browserSession, [tokenNumber(0), tokenNumber(1)].flatMap(spelled)]
  ]
  const answers = (marks: ReadonlyArray<string>): ReadonlyArray<ScriptedResponse & { readonly fails?: string }> => [
    ...[400, 401, 403, 404, 429, 500].map((status) => ({
      status,
      headers: { "retry-after": "100" },
      body: { error: `you sent ${marks.join(", ")}` }
    })),
    { status: 400, body: marks.join(", ") },
    { status: 302, headers: { location: "https://evil.example/?secret_query=1" } },
    { status: 302, headers: { location: `https://${marks[0]?.slice(0, 6)}.example/` } },
    { status: 200, body: "{" },
    { fails: "ECONNREFUSED" }
  ]
  const cases = identities.flatMap(([who, session, marks]) =>
    answers(marks)
      .filter((answer) => marks.length < 8 || session !== browserSession || answer.status === 401)
      .map((answer) => [who, JSON.stringify(answer).slice(0, 16), session, marks, answer] as const)
  )

  it.effect.each(cases)("%s, after %s", ([, , session, marks, answer]) => {
    const { told, tracer } = recordingTracer()
    const forms = new Array<string>()
    return Effect.gen(function* () {
      const exit = yield* get(session).pipe(
        Effect.tap((response) =>
          Effect.sync(() => forms.push(inspect(response, { depth: 9 }), JSON.stringify(response)))
        ),
        Effect.flatMap((response) => response.json),
        Effect.exit,
        settled
      )
      const cause = Exit.isFailure(exit) ? exit.cause : Cause.empty
      const error = Option.getOrUndefined(Cause.failureOption(cause))
      expect(error).toBeDefined()
      forms.push(inspect(error, { depth: 20, showHidden: true }), inspect(cause, { depth: 20 }), JSON.stringify(error))
      forms.push(String(error), error?.message ?? "", error?.stack ?? "", JSON.stringify(told))
      forms.push(Cause.pretty(cause, { renderErrorCause: true }))
      const shown = forms.join("\n")
      const forbidden = [...marks, ...marks.map((mark) => JSON.stringify(mark).slice(1, -1)), "secret_query", "Bearer "]
      expect(forbidden.filter((mark) => shown.includes(mark))).toEqual([])
      expect(JSON.stringify(told)).toContain('["mixpanel.family","query"]')
    }).pipe(Effect.withTracer(tracer), Effect.provide(over(inTurn(answer))))
  })
})
