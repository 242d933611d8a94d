/** Ruling 29: which server may see stored tokens is decided by the origins of parsed addresses, however these are spelled. */
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { describe, expect, it } from "vitest"
import { parseBaseUrl, remoteOverrides } from "#src/domain/api/Endpoints.ts"
import { decodeTokens, encodeTokens, OAuthTokens } from "#src/domain/oauth/OAuthTokens.ts"
import { minter, originFixes, regionFixes } from "#src/domain/oauth/AuthorizationServer.ts"

const tokensFrom = (origin: string | undefined) =>
  new OAuthTokens({
    accessToken: Redacted.make("at"),
    refreshToken: Option.some(Redacted.make("rt")),
    tokenType: "Bearer",
    scope: "",
    origin: Option.fromNullable(origin)
  })

const overriddenBy = (address: string | undefined) => ({
  api: Option.map(Option.fromNullable(address), (text) => Either.getOrThrow(parseBaseUrl("MP_API_BASE_URL", text))),
  app: Option.none()
})

const decide = (origin: string | undefined, address: string | undefined, region: "us" | "eu" | "in" = "us") =>
  minter(tokensFrom(origin), region, overriddenBy(address))

describe("stored tokens go to the origin that minted them", () => {
  it.each([
    ["https://mixpanel.com", undefined],
    ["https://mixpanel.com", "https://mixpanel.com"],
    ["https://mixpanel.com", "HTTPS://MIXPANEL.COM:443/"],
    ["https://mixpanel.com", "https://mixpanel.com/a/path//"],
    ["http://127.0.0.1:8080", "http://127.1:8080/x"],
    ["http://[::1]:8080", "http://[0:0:0:0:0:0:0:1]:8080"],
    [new URL("https://mixpánel.com").origin, "https://mixpánel.com"],
    [undefined, undefined],
    [undefined, "https://elsewhere.example"]
  ])("%s may be refreshed where the address is %s", (origin, address) => {
    expect(Either.isRight(decide(origin, address))).toBe(true)
  })

  it.each([
    ["https://mixpanel.com", "https://mixpanel.com:8443"],
    ["https://mixpanel.com", "https://mixpanel.com."],
    ["https://mixpanel.com", "https://mixpánel.com"],
    ["https://mixpanel.com", "https://mixpanel.com.example"],
    ["https://mixpanel.com", "https://eu.mixpanel.com"],
    ["https://mixpanel.com", "http://127.0.0.1:8080"],
    ["http://127.0.0.1:8080", "http://127.0.0.1:8081"],
    ["http://127.0.0.1:8080", "http://localhost:8080"],
    ["http://127.0.0.1:8080", "http://[::1]:8080"],
    ["http://127.0.0.1:8080", undefined],
    ["https://elsewhere.example", undefined]
  ])("%s may not where it is %s", (origin, address) => {
    expect(Either.isLeft(decide(origin, address))).toBe(true)
  })

  it("a region is an origin of its own", () => {
    expect(Either.isLeft(decide("https://mixpanel.com", undefined, "eu"))).toBe(true)
    expect(Either.isRight(decide("https://eu.mixpanel.com", undefined, "eu"))).toBe(true)
  })

  it("any two addresses: allowed exactly where their origins are equal, and never at an address that only the file names", () => {
    const host = FastCheck.constantFrom(
      "mixpanel.com",
      "eu.mixpanel.com",
      "a.example",
      "b.example",
      "127.0.0.1",
      "[::1]"
    )
    const address = FastCheck.tuple(
      FastCheck.constantFrom("https", "HTTPS"),
      host,
      FastCheck.constantFrom("", ":443", ":444"),
      FastCheck.constantFrom("", "/", "/path", "/path/")
    ).map(([scheme, name, port, path]) => `${scheme}://${name}${port}${path}`)
    FastCheck.assert(
      FastCheck.property(address, FastCheck.option(address, { nil: undefined }), (minted, override) => {
        const origin = new URL(minted).origin
        const current = new URL(override ?? "https://mixpanel.com").origin
        const decided = decide(origin, override)
        expect(Either.isRight(decided)).toBe(origin === current)
        if (Either.isRight(decided)) expect(decided.right.origin).toBe(current)
      }),
      { numRuns: 2_000 }
    )
  })

  it("what leads back is a command, and only where it leads back", () => {
    const leads = (origin: string, address: string | undefined) => {
      const elsewhere = Either.getOrThrow(Either.flip(decide(origin, address)))
      return [originFixes(elsewhere), regionFixes(elsewhere)]
    }
    expect(leads("https://mixpanel.com", "https://a.example")).toEqual([
      ["unset MP_API_BASE_URL"],
      ["unset MP_API_BASE_URL"]
    ])
    expect(leads("https://a.example", undefined)).toEqual([["export MP_API_BASE_URL=https://a.example"], []])
    expect(leads("https://$(id).example", undefined)[0]).toEqual(["export MP_API_BASE_URL='https://$(id).example'"])
    expect(leads("https://eu.mixpanel.com", undefined)).toEqual([[], []])
  })
})

describe("the origin in a file", () => {
  it("is read back as it was written, and absent where it was never known", () => {
    for (const origin of ["https://mixpanel.com", "http://[::1]:8080", undefined]) {
      const decoded = Either.getOrThrow(decodeTokens(encodeTokens(tokensFrom(origin))))
      expect(decoded.origin).toEqual(Option.fromNullable(origin))
    }
    expect(encodeTokens(tokensFrom(undefined))).not.toHaveProperty("origin")
  })

  it.each(["mixpanel.com", "", "file:///etc/passwd", "javascript:alert(1)", 7, ["https://mixpanel.com"]])(
    "%j is malformed, not unknown: tokens of unknown origin may be sent",
    (origin) => {
      expect(Either.isLeft(decodeTokens({ ...encodeTokens(tokensFrom(undefined)), origin }))).toBe(true)
    }
  )
})

describe("overrides that are told", () => {
  it.each([
    ["https://gateway.example", true],
    ["https://mixpanel.com", true],
    ["https://127.0.0.1.example", true],
    ["https://localhost.", true],
    ["https://[::2]", true],
    ["https://[::ffff:127.0.0.1]", true],
    ["https://0.0.0.0", true],
    ["http://127.0.0.1:9", false],
    ["http://127.9.8.7", false],
    ["http://2130706433", false],
    ["http://0x7f.1", false],
    ["http://localhost:9", false],
    ["http://LOCALHOST", false],
    ["http://[::1]:9", false],
    ["https://[0:0::1]", false]
  ])("%s: %s", (address, told) => {
    expect(remoteOverrides(overriddenBy(address))).toHaveLength(told ? 1 : 0)
  })
})
