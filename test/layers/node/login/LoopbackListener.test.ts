import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { connect } from "node:net"
import { contentSecurityPolicy, renderPage } from "#src/layers/node/login/callbackPage.ts"
import { defaultLimits, layer, layerWith } from "#src/layers/node/login/LoopbackListener.ts"
import type { CallbackPage, CallbackVerdict } from "#src/services/oauth/CallbackListener.ts"
import { freePort, get, headOf, listen, occupied, recordingJudge, say, stray, trueQuery } from "./sockets.ts"

const ours = (page: Effect.Effect<CallbackPage>): CallbackVerdict => ({ _tag: "Ours", page })
const success = ours(Effect.succeed("success"))

/** Asks until the page of the end, as a browser does. */
const follow = async (port: number, target: string) => {
  const first = await get(port, target)
  return { first, last: await get(port, first.headers["location"] ?? "/nowhere") }
}

const securityHeaders = {
  connection: "close",
  "cache-control": "no-store",
  "content-security-policy": contentSecurityPolicy,
  "cross-origin-opener-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY"
}

describe("answers", () => {
  it.scopedLive("the login's redirect: onward to an address without the code, which shows the page", () =>
    Effect.gen(function* () {
      const { asked, judge } = recordingJudge(success)
      const { port, redirectUri } = yield* listen(judge)
      const { first, last } = yield* Effect.promise(() => follow(port, `/callback?${trueQuery}`))
      expect(redirectUri).toBe(`http://localhost:${port}/callback`)
      expect(first).toMatchObject({ status: 303, body: "", headers: securityHeaders })
      expect(first.headers["location"]).toMatch(/^\/callback\/done\/[\w-]{22}$/)
      expect(last).toMatchObject({ status: 200, headers: securityHeaders, body: renderPage("success").html })
      expect(last.headers["content-type"]).toBe("text/html; charset=utf-8")
      expect(asked).toEqual([trueQuery])
    }).pipe(Effect.provide(layer))
  )

  it.scopedLive("::1 as well", () =>
    Effect.gen(function* () {
      const { port } = yield* listen(recordingJudge(success).judge)
      const reply = yield* Effect.promise(() => say(port, headOf(port, "/callback?x"), "::1"))
      expect(reply.status).toBe(400)
    }).pipe(Effect.provide(layer))
  )

  it.scopedLive("every refusal: with the same headers, empty, without a word of the request", () =>
    Effect.gen(function* () {
      const { asked, judge } = recordingJudge(success)
      const { port } = yield* listen(judge)
      const target = "/callback?code=m4rker&state=m4rker"
      const host = `Host: localhost:${port}`
      const cases: ReadonlyArray<readonly [number, string]> = [
        [405, `HEAD ${target} HTTP/1.1\r\n${host}\r\n\r\n`],
        [405, `POST ${target} HTTP/1.1\r\n${host}\r\nContent-Length: 6\r\n\r\nm4rker`],
        [405, `OPTIONS ${target} HTTP/1.1\r\n${host}\r\nOrigin: https://m4rker.example\r\n\r\n`],
        [404, headOf(port, "/m4rker")],
        [404, headOf(port, "/favicon.ico")],
        [404, headOf(port, "/callback/done/m4rker")],
        [421, `GET ${target} HTTP/1.1\r\nHost: m4rker.example:${port}\r\n\r\n`],
        [421, `GET ${target} HTTP/1.1\r\n\r\n`],
        [421, `GET ${target} HTTP/1.1\r\n${host}\r\nHost: m4rker.example\r\n\r\n`],
        [503, headOf(port, target, ["Sec-Purpose: prefetch"])],
        [413, headOf(port, target, ["Content-Length: 6"])],
        [413, headOf(port, target, ["Expect: 100-continue", "Content-Length: 6"])],
        [431, headOf(port, target, [`X: ${"m4rker".repeat(4000)}`])],
        [431, headOf(port, `${target}${"m4rker".repeat(4000)}`)],
        [400, "m4rker\r\n\r\n"],
        [400, "\x16\x03\x01\x02\x00\x01m4rker"],
        [400, `GET ${target} HTTP/1.1\r\n${host}\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n`]
      ]
      for (const [status, bytes] of cases) {
        const reply = yield* Effect.promise(() => say(port, bytes))
        expect({ status: reply.status, bytes }).toEqual({ status, bytes })
        expect(reply.headers).toMatchObject(securityHeaders)
        expect(reply.raw).not.toContain("m4rker")
        expect(reply.body).toBe("")
        expect(reply.headers["allow"]).toBe(status === 405 ? "GET" : undefined)
      }
      expect(asked).toEqual([])
    }).pipe(Effect.provide(layer))
  )

  it.scopedLive("a stray redirect: with its page, and the wait goes on", () =>
    Effect.gen(function* () {
      const { hits, judge } = recordingJudge(success)
      const { port } = yield* listen(judge)
      const wrong = yield* Effect.promise(() => get(port, "/callback?code=x&state=wrong"))
      expect(wrong).toMatchObject({ status: 400, body: renderPage("not_ours").html, headers: securityHeaders })
      const { last } = yield* Effect.promise(() => follow(port, `/callback?${trueQuery}`))
      expect([last.status, hits()]).toEqual([200, 1])
    }).pipe(Effect.provide(layer))
  )

  it.scopedLive("only the first of two requests on one connection", () =>
    Effect.gen(function* () {
      const { asked, judge } = recordingJudge(success)
      const { port } = yield* listen(judge)
      const reply = yield* Effect.promise(() => say(port, headOf(port, "/callback?a") + headOf(port, "/callback?b")))
      expect([reply.raw.match(/HTTP\/1\.1/g)?.length, asked]).toEqual([1, ["a"]])
    }).pipe(Effect.provide(layer))
  )

  it.scopedLive("a judge that dies, throws or interrupts itself: 500, and the login goes on", () =>
    Effect.gen(function* () {
      const accidents = [
        () => Effect.die(new Error("s3cret")),
        () => Effect.interrupt,
        (): never => {
          throw new Error("s3cret")
        }
      ]
      const { port } = yield* listen(() => accidents.shift()?.() ?? Effect.succeed(success))
      for (let count = 0; count < 3; count++) {
        const reply = yield* Effect.promise(() => get(port, `/callback?${trueQuery}`))
        expect(reply).toMatchObject({ status: 500, body: renderPage("broken").html })
      }
      const { last } = yield* Effect.promise(() => follow(port, `/callback?${trueQuery}`))
      expect(last.status).toBe(200)
    }).pipe(Effect.provide(layer))
  )
})

describe("the page of a login", () => {
  it.scopedLive("is waited for, and belongs to its own redirect", () =>
    Effect.gen(function* () {
      const pages = yield* Effect.all([Deferred.make<CallbackPage>(), Deferred.make<CallbackPage>()])
      const [one, two] = pages
      const { port } = yield* listen(({ query }) => Effect.succeed(ours(Deferred.await(query === "1" ? one : two))))
      const asking = yield* Effect.fork(
        Effect.all(
          [1, 2].map((tab) => Effect.promise(() => follow(port, `/callback?${tab}`))),
          { concurrency: 2 }
        )
      )
      yield* Effect.sleep("50 millis")
      yield* Deferred.succeed(two, "denied")
      yield* Deferred.succeed(one, "success")
      const replies = yield* Fiber.join(asking)
      expect(replies.map(({ last }) => last.body)).toEqual([renderPage("success").html, renderPage("denied").html])
    }).pipe(Effect.provide(layer))
  )

  it.scopedLive("says where to look when it is not known in time, or never will be", () =>
    Effect.gen(function* () {
      const { port } = yield* listen(({ query }) =>
        Effect.succeed(ours(query === "slow" ? Effect.never : Effect.die("never known")))
      )
      for (const query of ["slow", "broken"]) {
        const { last } = yield* Effect.promise(() => follow(port, `/callback?${query}`))
        expect(last).toMatchObject({ status: 202, body: renderPage("unknown").html })
      }
    }).pipe(Effect.provide(layerWith({ ...defaultLimits, pageWait: "100 millis" })))
  )

  it.scopedLive("is served again when the tab that waited was closed", () =>
    Effect.gen(function* () {
      const known = yield* Deferred.make<CallbackPage>()
      const { port } = yield* listen(() => Effect.succeed(ours(Deferred.await(known))))
      const { headers } = yield* Effect.promise(() => get(port, "/callback?x"))
      const target = headers["location"] ?? ""
      const closed = connect({ port, host: "127.0.0.1" }, () => closed.write(headOf(port, target)))
      yield* Effect.sleep("30 millis")
      closed.destroy()
      yield* Deferred.succeed(known, "success")
      expect((yield* Effect.promise(() => get(port, target))).body).toBe(renderPage("success").html)
    }).pipe(Effect.provide(layer))
  )
})

describe("ports", () => {
  const nobody = () => Effect.succeed(stray)

  it.scopedLive("the first that is free; two listeners take different ones", () =>
    Effect.gen(function* () {
      const ports = yield* Effect.all([freePort, freePort])
      const first = yield* listen(nobody, ports)
      const second = yield* listen(nobody, ports)
      expect([first.port, second.port]).toEqual(ports)
    }).pipe(Effect.provide(layer))
  )

  it.scopedLive("one that another program holds on either address is busy; then any other is taken", () =>
    Effect.gen(function* () {
      const four = yield* occupied("127.0.0.1")
      const six = yield* occupied("::1")
      const { port } = yield* listen(nobody, [four, six])
      expect([four, six]).not.toContain(port)
      expect((yield* Effect.promise(() => get(port, "/callback?x"))).status).toBe(400)
      const again = yield* Effect.scoped(occupied("127.0.0.1", six))
      expect(again).toBe(six)
    }).pipe(Effect.provide(layer))
  )

  it.scopedLive("nobody but this machine is listened to", () =>
    Effect.gen(function* () {
      const { port } = yield* listen(nobody)
      const elsewhere = yield* Effect.promise(() => say(port, headOf(port, "/callback?x"), "127.0.0.2"))
      expect(elsewhere.raw).toBe("")
    }).pipe(Effect.provide(layer))
  )
})
