/** Reading the answer of the token endpoint. */
import { expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { describe } from "vitest"
import { decodeTokens, OAuthTokens, tokensText } from "#src/domain/oauth/OAuthTokens.ts"
import { topLevelStrings } from "#src/domain/oauth/salvage.ts"
import { isInvalidGrant, readTokenResponse } from "#src/domain/oauth/TokenResponse.ts"

const now = Date.UTC(2026, 10, 21)

const previous = new OAuthTokens({
  accessToken: Redacted.make("old-access"),
  refreshToken: Option.some(Redacted.make("old-refresh")),
  expiresAt: Option.some(now),
  tokenType: "Bearer",
  scope: "projects",
  clientId: Option.some("client")
})

const read = (status: number, body: unknown) =>
  readTokenResponse(
    { status, body: typeof body === "string" ? body : JSON.stringify(body) },
    { now, origin: "https://mixpanel.com", clientId: "client", previous: Option.some(previous) }
  )

const good = { access_token: "at", refresh_token: "rt", token_type: "Bearer", expires_in: 60, scope: "a b" }

describe("the answer of the token endpoint", () => {
  it("a good one", () => {
    const tokens = Either.getOrThrow(read(200, good))
    expect(Redacted.value(tokens.accessToken)).toBe("at")
    expect(Option.map(tokens.refreshToken, Redacted.value)).toEqual(Option.some("rt"))
    expect(tokens.expiresAt).toEqual(Option.some(now + 60_000))
    expect(tokens.scope).toBe("a b")
    expect(tokens.clientId).toEqual(Option.some("client"))
    expect(tokens.origin).toEqual(Option.some("https://mixpanel.com"))
  })

  it("a byte order mark is passed over", () => {
    expect(Either.isRight(read(200, `\uFEFF${JSON.stringify(good)}`))).toBe(true)
  })

  it("a refresh token may hold any character: a form carries it, and the old one is spent", () => {
    for (const token of ["with space", "ümlaut", "line\nbreak", "=&+%"]) {
      const tokens = Either.getOrThrow(read(200, { ...good, refresh_token: token }))
      expect(Option.map(tokens.refreshToken, Redacted.value)).toEqual(Option.some(token))
      const stored = Either.getOrThrow(decodeTokens(JSON.parse(tokensText(tokens))))
      expect(Option.map(stored.refreshToken, Redacted.value)).toEqual(Option.some(token))
    }
  })

  it("what is no refresh token leaves the old one in place", () => {
    for (const token of [undefined, null, "", 1, {}, ["rt"], true]) {
      const tokens = Either.getOrThrow(read(200, { ...good, refresh_token: token }))
      expect(Option.map(tokens.refreshToken, Redacted.value)).toEqual(Option.some("old-refresh"))
    }
  })

  it("an access token that no header could carry is none", () => {
    for (const token of ["", " ", "a b", "a\r\nb", "ü", 1, null, undefined, {}]) {
      expect(Either.isLeft(read(200, { ...good, access_token: token }))).toBe(true)
    }
  })

  it("only 400 and 401 with a JSON invalid_grant call the refresh token dead", () => {
    for (const status of [200, 204, 302, 400, 401, 402, 403, 404, 408, 409, 429, 500, 502, 503]) {
      for (const body of [{ error: "invalid_grant" }, { error: "invalid_client" }, "invalid_grant", "", "{"]) {
        const dead = Either.match(read(status, body), { onRight: () => false, onLeft: isInvalidGrant })
        const isOne = typeof body === "object" && body.error === "invalid_grant"
        expect({ status, body, dead }).toEqual({ status, body, dead: isOne && (status === 400 || status === 401) })
      }
    }
  })

  it("anything at all is read without a defect, and gives tokens that can be stored and read again", () => {
    const field = FastCheck.oneof(
      FastCheck.string(),
      FastCheck.fullUnicodeString(),
      FastCheck.double(),
      FastCheck.integer(),
      FastCheck.constantFrom<unknown>(null, true, "Bearer", "bearer", "MAC", "3600", "-1", "1e3", [], {}, 1e300, -1)
    )
    const body = FastCheck.oneof(
      FastCheck.json(),
      FastCheck.string(),
      FastCheck.record(
        {
          access_token: FastCheck.oneof(
            { weight: 3, arbitrary: FastCheck.constant("at") },
            { weight: 1, arbitrary: field }
          ),
          refresh_token: field,
          token_type: FastCheck.oneof(FastCheck.constant("Bearer"), field),
          expires_in: field,
          scope: field,
          error: field
        },
        { requiredKeys: [] }
      ).map((fields) => JSON.stringify(fields))
    )
    let usable = 0
    FastCheck.assert(
      FastCheck.property(FastCheck.integer({ min: 100, max: 599 }), FastCheck.boolean(), body, (any, fine, text) => {
        const result = read(fine ? 200 : any, text)
        if (Either.isLeft(result)) {
          expect(result.left.reason).not.toContain("at-")
          return
        }
        usable += 1
        const tokens = result.right
        const again = Either.getOrThrow(decodeTokens(JSON.parse(tokensText(tokens))))
        expect(tokensText(again)).toBe(tokensText(tokens))
        expect(Option.isSome(tokens.refreshToken)).toBe(true)
        expect(Option.getOrElse(tokens.expiresAt, () => now + 1)).toBeGreaterThan(now - 1)
      }),
      { numRuns: 5_000 }
    )
    expect(usable).toBeGreaterThan(300)
  })

  it("a refusal repeats nothing of the body but a standard code", () => {
    FastCheck.assert(
      FastCheck.property(
        FastCheck.integer({ min: 400, max: 599 }),
        FastCheck.string({ minLength: 8 }),
        (status, said) => {
          const { reason } = Either.getOrThrow(Either.flip(read(status, { error: said, error_description: said })))
          expect(reason.replace(/a nonstandard error/, "")).not.toContain(said)
        }
      )
    )
  })
})

describe("stored tokens", () => {
  const wire = { access_token: "a", token_type: "Bearer", scope: "" }

  it("an instant has microseconds and +00:00", () => {
    expect(tokensText(previous)).toBe(
      '{"access_token": "old-access", "expires_at": "2026-11-21T00:00:00.000000+00:00", "token_type": "Bearer", ' +
        '"scope": "projects", "refresh_token": "old-refresh", "client_id": "client"}'
    )
  })

  it("instants that are understood, and those that are not", () => {
    const table: ReadonlyArray<readonly [unknown, number | "unknown" | "malformed"]> = [
      ["2026-04-22T12:00:00Z", Date.UTC(2026, 3, 22, 12)],
      ["2026-04-22T12:00:00.123456+00:00", Date.UTC(2026, 3, 22, 12, 0, 0, 123)],
      ["2026-04-22T14:00:00+02:00", Date.UTC(2026, 3, 22, 12)],
      ["2026-04-22T14:00:00+0200", Date.UTC(2026, 3, 22, 12)],
      [1_776_859_200, 1_776_859_200_000],
      [1_776_859_200.5, 1_776_859_200_500],
      ["9999-12-31T00:00:00.000000+00:00", "unknown"],
      [1e300, "unknown"],
      [-1e300, 0],
      [null, "unknown"],
      [undefined, "unknown"],
      ["2026-04-22T12:00:00", "malformed"],
      ["2026-04-22", "malformed"],
      ["", "malformed"],
      ["soon", "malformed"],
      [true, "malformed"],
      [{}, "malformed"]
    ]
    for (const [value, expected] of table) {
      const decoded = decodeTokens({ ...wire, expires_at: value })
      const actual = Either.match(decoded, {
        onLeft: () => "malformed" as const,
        onRight: ({ expiresAt }) => Option.getOrElse(expiresAt, () => "unknown" as const)
      })
      expect({ value, actual }).toEqual({ value, actual: expected })
      if (Either.isRight(decoded)) expect(() => tokensText(decoded.right)).not.toThrow()
    }
  })
})

describe("an answer that cannot be parsed", () => {
  const lossless = JSON.stringify(good)

  it("the strings at its top are those that a parser finds, whatever else is in it", () => {
    const names = FastCheck.constantFrom("access_token", "refresh_token", "a", '"', "\\", "\u2028")
    const objects = FastCheck.dictionary(names, FastCheck.oneof(FastCheck.fullUnicodeString(), FastCheck.jsonValue()))
    FastCheck.assert(
      FastCheck.property(objects, FastCheck.boolean(), (object, isSpaced) => {
        const text = JSON.stringify(object, null, isSpaced ? 2 : undefined)
        const parsed: unknown = JSON.parse(text)
        const strings = Object.entries(Object(parsed)).filter(([, value]) => typeof value === "string")
        expect(Object.fromEntries(topLevelStrings(text))).toEqual(Object.fromEntries(strings))
      })
    )
  })

  it("any text is read without a throw, in the time of its length", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.fullUnicodeString({ maxLength: 400 }), (text) => void topLevelStrings(text))
    )
    FastCheck.assert(
      FastCheck.property(
        FastCheck.nat(lossless.length),
        FastCheck.constantFrom("", '"', "{", "[", "\\", ",", ":", "}"),
        (at, piece) => {
          topLevelStrings(`${lossless.slice(0, at)}${piece}${lossless.slice(at)}`)
        }
      )
    )
    for (const piece of ['"', "{", "[", '{"', '\\"', ",", '"a":', " "])
      topLevelStrings(`{${piece.repeat(262_144 / piece.length)}`)
  })

  it("cut off anywhere: both tokens whole, or none taken", () => {
    for (let length = 0; length < lossless.length; length += 1) {
      const answer = read(200, lossless.slice(0, length))
      const tokens = Either.getOrUndefined(answer)
      const isThere = lossless.indexOf('"rt"') + 4 <= length
      expect([length, tokens !== undefined]).toEqual([length, isThere])
      if (tokens !== undefined) expect(Option.map(tokens.refreshToken, Redacted.value)).toEqual(Option.some("rt"))
    }
  })

  it("what stands deeper, in a refusal, in HTML or in a list is no token", () => {
    const deep = `{"x":${lossless},`
    for (const text of [deep, `[${lossless},`, `<p>${lossless}`, `"${lossless}`]) {
      expect(Either.isLeft(read(200, text))).toBe(true)
    }
    expect(Either.isLeft(read(400, lossless.slice(0, -1)))).toBe(true)
  })
})
