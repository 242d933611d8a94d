import { describe, expect, it } from "@effect/vitest"
import { type RequestHead, route } from "#src/layers/node/login/routing.ts"

const base: RequestHead = {
  method: "GET",
  target: "/callback?code=c&state=s",
  headers: { host: ["localhost:19284"] },
  port: 19284
}

const refused = (status: number) => ({ _tag: "Refusal", status })
const withHeaders = (headers: RequestHead["headers"]) => route({ ...base, headers: { ...base.headers, ...headers } })

describe("a redirect", () => {
  it.each(["localhost:19284", "LocalHost:19284", "127.0.0.1:19284", "[::1]:19284"])("to %s is let through", (host) => {
    expect(withHeaders({ host: [host] })).toEqual({ _tag: "Callback", query: "code=c&state=s" })
  })

  it.each(["evil.example:19284", "localhost", "localhost:19285", "localhost:19284.evil.example", "0.0.0.0:19284", ""])(
    "to '%s' is refused",
    (host) => expect(withHeaders({ host: [host] })).toEqual(refused(421))
  )

  it("with no host, or with two, is refused", () => {
    expect(route({ ...base, headers: {} })).toEqual(refused(421))
    expect(withHeaders({ host: ["localhost:19284", "localhost:19284"] })).toEqual(refused(421))
  })

  it("is handed on exactly as it was sent, question marks and all", () => {
    expect(route({ ...base, target: "/callback?a=1?b=%2F&a=2" })).toEqual({ _tag: "Callback", query: "a=1?b=%2F&a=2" })
    expect(route({ ...base, target: "/callback" })).toEqual({ _tag: "Callback", query: "" })
  })

  it.each(["HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "get"])("by %s is refused", (method) =>
    expect(route({ ...base, method })).toEqual(refused(405))
  )

  it.each([
    ["sec-purpose", "prefetch;prerender"],
    ["sec-purpose", "prefetch"],
    ["purpose", "prefetch"],
    ["x-purpose", "preview"],
    ["x-moz", "Prefetch"]
  ])("fetched beforehand (%s: %s) is refused", (name, value) =>
    expect(withHeaders({ [name]: [value] })).toEqual(refused(503))
  )

  it("with a body is refused", () => {
    expect(withHeaders({ "content-length": ["3"] })).toEqual(refused(413))
    expect(withHeaders({ "transfer-encoding": ["chunked"] })).toEqual(refused(413))
    expect(withHeaders({ "content-length": ["0"] })._tag).toBe("Callback")
  })
})

describe("another path", () => {
  it.each([
    "/",
    "/favicon.ico",
    "/callback/",
    "/callback/done",
    "/callback/done/",
    "/Callback",
    "//callback",
    "/x/../callback",
    "/callback%3Fcode=c",
    "/callback#x",
    "*",
    "http://localhost:19284/callback?code=c"
  ])("such as %s is nothing", (target) => expect(route({ ...base, target })).toEqual(refused(404)))

  it("of a page leads to that page", () => {
    expect(route({ ...base, target: "/callback/done/n0nce?x" })).toEqual({ _tag: "Page", nonce: "n0nce" })
  })
})
