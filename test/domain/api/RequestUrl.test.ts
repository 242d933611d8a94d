import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import { describe, expect, it } from "vitest"
import { resolveRedirect, resolveUrl, summarize, urlRoom } from "#src/domain/api/RequestUrl.ts"
import { allowedOrigins, baseUrl, noOverrides } from "#src/domain/api/Endpoints.ts"

const base = baseUrl("query", "us", noOverrides)
const room = urlRoom(base, allowedOrigins("us", noOverrides))

const href = (text: string) => Either.getOrNull(Either.map(resolveUrl(text, room), (url) => url.href))

describe("resolveUrl", () => {
  it.each([
    ["/segmentation", `${base}/segmentation`],
    ["segmentation?a=b#frag", `${base}/segmentation?a=b`],
    ["", base],
    ["?a=b", `${base}?a=b`],
    ["@evil.example/x", `${base}/@evil.example/x`],
    [".evil.example", `${base}/.evil.example`],
    ["/a/../b", `${base}/b`],
    ["https://data.mixpanel.com/api/2.0/export", "https://data.mixpanel.com/api/2.0/export"],
    ["HTTPS://MIXPANEL.com:443/api/app/me", "https://mixpanel.com/api/app/me"]
  ])("goes with %s to %s", (text, expected) => expect(href(text)).toBe(expected))

  it.each([
    "https://evil.example/",
    "http://mixpanel.com/api/query/x",
    "https://mixpanel.com:8443/",
    "https://mixpanel.com./",
    "https://mixpanel.com.evil.example/",
    "https://mixpanel.com@evil.example/",
    "https://evil.example@mixpanel.com/",
    "https://@mixpanel.com/",
    "https://mixpanel.com\\@evil.example/",
    "https:\\\\mixpanel.com/",
    "https:/mixpanel.com/x",
    "https:mixpanel.com/x",
    "https:///mixpanel.com/x",
    "https://eu.mixpanel.com/api/query/x",
    "//evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "\thttps://evil.example/",
    "ht\ntps://evil.example/",
    "/x\r\nHost: evil",
    "/../app/me",
    "/%2e%2E/app/me",
    "..",
    "/a/../../app/me",
    "javascript:alert(1)",
    "data:text/plain,x",
    "file:///etc/passwd",
    "blob:https://mixpanel.com/x"
  ])("refuses %j", (text) => expect(href(text)).toBeNull())

  it("does not repeat the user name, path or query of what it refuses", () => {
    const refused = Either.flip(resolveUrl("https://evil.example/private?token=abc", room))
    expect(Either.getOrThrow(refused).message).toContain("https://evil.example is not one of")
    expect(JSON.stringify(Either.getOrThrow(refused))).not.toMatch(/private|token|abc/)
  })

  const piece = FastCheck.oneof(
    FastCheck.constantFrom(
      "https:",
      "http:",
      "HTTPS:",
      "//",
      "/",
      "\\",
      "@",
      ":",
      "..",
      ".",
      "%2e",
      "%2f",
      "?",
      "#",
      " ",
      "\t",
      "\n",

      "mixpanel.com",
      "evil.example",
      "ｍixpanel.com",
      "api",
      "query",
      "[::1]",
      "127.0.0.1",
      "0x7f.1",
      "。",
      "443",
      "\u0000"
    ),
    FastCheck.string({ maxLength: 6 }),
    FastCheck.webUrl()
  )
  const pieces = FastCheck.array(piece, { maxLength: 9 }).map((some) => some.join(""))
  /** Pieces alone hardly ever make an address with a user name. */
  const address = FastCheck.tuple(
    FastCheck.constantFrom("https://", "https://", "HTTPS:\\\\", "http://"),
    FastCheck.oneof(piece, FastCheck.constantFrom("", "@", "user@", "user:pass@", "evil.example@", "evil.example\\@")),
    FastCheck.constantFrom("mixpanel.com", "data.mixpanel.com", "evil.example"),
    pieces
  ).map((parts) => parts.join(""))
  const text = FastCheck.oneof(pieces, address)

  it("stays on an allowed origin whatever it is given, 100,000 times", () => {
    let taken = 0
    FastCheck.assert(
      FastCheck.property(text, (given) => {
        const resolved = resolveUrl(given, room)
        if (Either.isLeft(resolved)) return true
        taken++
        const sent = new URL(resolved.right.href)
        return room.origins.has(sent.origin) && sent.username === "" && sent.password === ""
      }),
      { numRuns: 100_000 }
    )
    expect(taken).toBeGreaterThan(1_000)
  })

  it("keeps relative URLs below the base", () => {
    FastCheck.assert(
      FastCheck.property(
        text.filter((given) => !/^[a-z][a-z0-9+.-]*:/i.test(given)),
        (given) =>
          Either.match(resolveUrl(given, room), {
            onLeft: () => true,
            onRight: ({ pathname }) => pathname === "/api/query" || pathname.startsWith("/api/query/")
          })
      ),
      { numRuns: 20_000 }
    )
  })
})

describe("resolveRedirect", () => {
  const from = new URL("https://mixpanel.com/api/query/a?b=c")
  it.each([
    ["/x", "https://mixpanel.com/x"],
    ["y?z=1#f", "https://mixpanel.com/api/query/y?z=1"],
    ["https://mixpanel.com/z", "https://mixpanel.com/z"]
  ])("follows %s", (location, expected) =>
    expect(Either.getOrThrow(resolveRedirect(from, location)).href).toBe(expected)
  )
  it.each([
    "//evil.example/",
    "\\\\evil.example/",
    "http://mixpanel.com/",
    "https://data.mixpanel.com/",
    "https://u:p@mixpanel.com/",
    "https://",
    "javascript:1"
  ])("does not follow %s", (location) => expect(Either.isLeft(resolveRedirect(from, location))).toBe(true))
  it("does not follow nothing", () => expect(Either.isLeft(resolveRedirect(from, undefined))).toBe(true))
})

it("summarizes without the query", () =>
  expect(summarize("GET", new URL("https://mixpanel.com/a?token=1"))).toEqual({
    method: "GET",
    url: "https://mixpanel.com/a"
  }))
