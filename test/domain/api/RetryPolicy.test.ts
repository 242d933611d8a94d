import * as Option from "effect/Option"
import { describe, expect, it } from "vitest"
import { backoffCap, isIdempotent, nextStep, parseRetryAfter, retriesTransport } from "#src/domain/api/RetryPolicy.ts"

const start = { retries: 0, redirects: 0, reauthenticated: false }
const replay = (method: string, more: { readonly replayable?: boolean; readonly renewable?: boolean } = {}) => ({
  idempotent: isIdempotent(method),
  replayable: true,
  renewable: false,
  ...more
})
const step = (status: number, method: string, seconds?: number, progress = start) =>
  nextStep(
    { status, retryAfter: Option.fromNullable(seconds).pipe(Option.map((s) => s * 1000)) },
    replay(method),
    progress
  )

describe("nextStep", () => {
  it.each(["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])("retries 503 for %s", (method) =>
    expect(step(503, method)._tag).toBe("Retry")
  )
  it.each(["POST", "PATCH"])("does not retry 503 for %s, but 429", (method) => {
    expect(step(503, method)._tag).toBe("Deliver")
    expect(step(429, method)._tag).toBe("Retry")
  })
  it.each([200, 204, 400, 403, 404, 422])("delivers %i", (status) => expect(step(status, "GET")._tag).toBe("Deliver"))
  it("waits up to 60 s and not longer", () => {
    expect(step(429, "GET", 60)).toEqual({ _tag: "Retry", after: Option.some(60_000) })
    expect(step(429, "GET", 61)._tag).toBe("Deliver")
  })
  it("stops after three retries", () => expect(step(503, "GET", 0, { ...start, retries: 3 })._tag).toBe("Deliver"))
  it("does not repeat what cannot be repeated", () =>
    expect(
      nextStep({ status: 429, retryAfter: Option.none() }, replay("POST", { replayable: false }), start)._tag
    ).toBe("Deliver"))
  it("asks for another bearer once", () => {
    const renewable = replay("POST", { renewable: true })
    const refused = { status: 401, retryAfter: Option.none<number>() }
    expect(nextStep(refused, renewable, start)._tag).toBe("Reauthenticate")
    expect(nextStep(refused, renewable, { ...start, reauthenticated: true })._tag).toBe("Deliver")
    expect(nextStep(refused, replay("GET"), start)._tag).toBe("Deliver")
  })
})

it("retries silence for idempotent methods only", () => {
  expect(retriesTransport(replay("GET"), start)).toBe(true)
  expect(retriesTransport(replay("POST"), start)).toBe(false)
  expect(retriesTransport(replay("GET"), { ...start, retries: 3 })).toBe(false)
})

it("backs off from 250 ms to 8 s", () => expect([0, 1, 2, 5, 9].map(backoffCap)).toEqual([250, 500, 1000, 8000, 8000]))

describe("parseRetryAfter", () => {
  const now = Date.UTC(2026, 10, 21, 22, 0, 0)
  it.each([
    ["3", 3000],
    [" 0 ", 0],
    ["1.5", 1500],
    ["Sat, 21 Nov 2026 22:00:05 GMT", 5000],
    ["Saturday, 21-Nov-26 22:00:05 GMT", 5000],
    ["Sat Nov 21 22:00:05 2026", 5000],
    ["Sat, 21 Nov 2026 21:00:00 GMT", 0]
  ])("reads %s", (text, millis) => expect(parseRetryAfter(text, now)).toEqual(Option.some(millis)))
  it.each([undefined, "", "-1", "soon", "2026-11-21T22:00:05Z", "1e9", "NaN"])("does not read %s", (text) =>
    expect(Option.isNone(parseRetryAfter(text, now))).toBe(true)
  )
})
