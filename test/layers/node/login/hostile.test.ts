import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { defaultLimits, layer, layerWith } from "#src/layers/node/login/LoopbackListener.ts"
import type { CallbackVerdict } from "#src/services/oauth/CallbackListener.ts"
import { elapsed, get, headOf, linger, listen, recordingJudge, say, trueQuery } from "./sockets.ts"

const success: CallbackVerdict = { _tag: "Ours", page: Effect.succeed("success") }

const target = `/callback?${trueQuery}`

/** Everything that the internet, a browser or a bored program may send; none of it is the redirect. */
const hostile = (port: number): ReadonlyArray<string> => {
  const request = (line: string, host = `localhost:${port}`) => `${line} HTTP/1.1\r\nHost: ${host}\r\n\r\n`
  return [
    headOf(port, "/callback?code=the-code&state=wrong"),
    headOf(port, "/callback?code=the-code"),
    headOf(port, "/callback?code=the-code&state=the-state&state=the-state"),
    headOf(port, "/callback"),
    headOf(port, "/favicon.ico"),
    headOf(port, "/"),
    headOf(port, `/callback/done/x?${trueQuery}`),
    request(`HEAD ${target}`),
    request(`POST ${target}`),
    request(`OPTIONS ${target}`),
    request(`GET ${target}`, `evil.example:${port}`),
    request(`GET ${target}`, "localhost:1"),
    headOf(port, target, ["Sec-Purpose: prefetch;prerender"]),
    headOf(port, target, ["Purpose: prefetch"]),
    headOf(port, target, [`X-Filler: ${"x".repeat(17_000)}`]),
    headOf(port, `${target}&x=${"x".repeat(17_000)}`),
    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "\0\xff\0\xff\r\n\r\n",
    `GET ${target} HTTP/9.9\r\n\r\n`,
    "SSH-2.0-OpenSSH_9.0\r\n"
  ]
}

const served = (port: number) =>
  elapsed(
    Effect.promise(async () => {
      const first = await get(port, target)
      return (await get(port, first.headers["location"] ?? "/")).status
    })
  )

it.scopedLive(
  "10,000 hostile requests, then the true one: judged once, served under 2 s",
  () =>
    Effect.gen(function* () {
      const { asked, hits, judge } = recordingJudge(success)
      const { port } = yield* listen(judge)
      const kinds = hostile(port)
      const attacks = Array.from({ length: 10_000 }, (_, at) => kinds[at % kinds.length] ?? "")
      const attack = yield* elapsed(
        Effect.forEach(attacks, (bytes) => Effect.promise(() => say(port, bytes)), { concurrency: 64 })
      )
      expect(attack.value.filter(({ status }) => status >= 200 && status < 400)).toEqual([])
      expect(hits()).toBe(0)
      expect(asked).toHaveLength(2000)
      const { millis, value } = yield* served(port)
      expect([value, hits()]).toEqual([200, 1])
      expect(millis).toBeLessThan(2000)
      console.error(`10,000 hostile: ${Math.round(attack.millis)} ms; then the true one: ${Math.round(millis)} ms`)
    }).pipe(Effect.provide(layer)),
  60_000
)

const halves = (port: number) => ["", "GET /callback?code=", `GET ${target} HTTP/1.1\r\nHost: localhost:${port}\r\nX: `]

const open = (port: number, count: number) =>
  Effect.acquireRelease(
    Effect.forEach(
      Array.from({ length: count }, (_, at) => halves(port)[at % 3] ?? ""),
      (bytes) => Effect.promise(() => linger(port, bytes)),
      { concurrency: 100 }
    ),
    (sockets) => Effect.sync(() => sockets.forEach((socket) => socket.destroy()))
  )

it.scopedLive("500 slow sockets, and 3,000, do not keep the true request out", () =>
  Effect.gen(function* () {
    const { hits, judge } = recordingJudge(success)
    const { port } = yield* listen(judge)
    const slow = yield* open(port, 500)
    expect(slow.filter(({ destroyed }) => destroyed)).toEqual([])
    const few = yield* served(port)
    const crowd = yield* open(port, 3000)
    const many = yield* served(port)
    expect([few.value, many.value, hits()]).toEqual([200, 200, 2])
    expect(Math.max(few.millis, many.millis)).toBeLessThan(2000)
    const left = [...slow, ...crowd].filter(({ destroyed }) => !destroyed).length
    expect(left).toBeLessThanOrEqual(defaultLimits.maxIdleSockets)
    console.error(`500 slow: ${Math.round(few.millis)} ms; 3,500: ${Math.round(many.millis)} ms; ${left} left`)
  }).pipe(Effect.provide(layer))
)

it.scopedLive("a connection that does not get to the end of a request is dropped", () =>
  Effect.gen(function* () {
    const { port } = yield* listen(recordingJudge(success).judge)
    const replies = yield* elapsed(
      Effect.forEach(halves(port), (bytes) => Effect.promise(() => say(port, bytes)), { concurrency: 3 })
    )
    expect(replies.value.map(({ status }) => status)).toEqual([408, 408, 408])
    expect(replies.millis).toBeLessThan(1500)
  }).pipe(Effect.provide(layerWith({ ...defaultLimits, headMillis: 400 })))
)

it.scopedLive("a request that dribbles in, byte by byte, is dropped as well", () =>
  Effect.gen(function* () {
    const { asked, judge } = recordingJudge(success)
    const { port } = yield* listen(judge)
    const socket = yield* Effect.promise(() => linger(port, ""))
    const { millis } = yield* elapsed(
      Effect.promise(async () => {
        for (const byte of headOf(port, target)) {
          if (socket.destroyed) return
          socket.write(byte)
          await new Promise((resolve) => setTimeout(resolve, 20))
        }
      })
    )
    expect([asked, socket.destroyed]).toEqual([[], true])
    expect(millis).toBeLessThan(1500)
  }).pipe(Effect.provide(layerWith({ ...defaultLimits, headMillis: 400 })))
)
