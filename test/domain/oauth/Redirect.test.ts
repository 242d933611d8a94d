/** Judging redirects and pastes. */
import { command } from "#src/domain/hints/Command.ts"
import { expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Redacted from "effect/Redacted"
import { describe, vi } from "vitest"
import { judgeRedirect, parsePaste } from "#src/domain/oauth/Redirect.ts"

const state = "S".repeat(43)
const expected = {
  state: Redacted.make(state),
  oauthBase: "https://mixpanel.com/oauth",
  fix: command`mp account login me`
}

/** `Code …`, the tag of the error that ends the login, or `stray` where the wait goes on. */
const judged = (query: string): string =>
  Either.match(judgeRedirect(query, expected), {
    onLeft: () => "stray",
    onRight: (judgement) =>
      judgement._tag === "Code" ? `Code ${Redacted.value(judgement.code)}` : judgement.error._tag
  })

describe("a redirect", () => {
  const table: ReadonlyArray<readonly [string, string]> = [
    [`code=c&state=${state}`, "Code c"],
    [`state=${state}&code=c&iss=https%3A%2F%2Fmixpanel.com`, "Code c"],
    [`state=${state}&code=c&iss=https%3A%2F%2Fmixpanel.com%2Foauth&more=x`, "Code c"],
    [`code=a%20b%2B&state=${state}`, "Code a b+"],
    // Without our state, exactly once, nothing else counts.
    ["", "stray"],
    ["code=c", "stray"],
    ["error=access_denied", "stray"],
    ["code=c&state=", "stray"],
    [`code=c&state=${state}x`, "stray"],
    [`code=c&state=${state.slice(1)}`, "stray"],
    [`code=c&state=${state.toLowerCase()}`, "stray"],
    [`code=c&state=${state}&state=${state}`, "stray"],
    [`code=c&state=${state}&state=x`, "stray"],
    [`code=c&state=x&state=${state}`, "stray"],
    [`code=c&State=${state}`, "stray"],
    [`code=c&state[]=${state}`, "stray"],
    [`error=access_denied&state=x`, "stray"],
    // With it, the login ends.
    [`error=access_denied&state=${state}`, "OAuthAuthDenied"],
    [`error=access_denied&code=c&state=${state}`, "OAuthAuthDenied"],
    [`error=%3Cscript%3E&state=${state}`, "OAuthAuthDenied"],
    [`error=&state=${state}`, "OAuthAuthDenied"],
    [`state=${state}`, "OAuthExchangeError"],
    [`code=&state=${state}`, "OAuthExchangeError"],
    [`code=c&code=d&state=${state}`, "OAuthStateMismatch"],
    [`code=c&code=c&state=${state}`, "OAuthStateMismatch"],
    [`error=a&error=b&state=${state}`, "OAuthStateMismatch"],
    [`code=c&iss=https%3A%2F%2Fmixpanel.com&iss=https%3A%2F%2Fmixpanel.com&state=${state}`, "OAuthStateMismatch"],
    [`code=c&iss=https%3A%2F%2Feu.mixpanel.com&state=${state}`, "OAuthStateMismatch"],
    [`code=c&iss=http%3A%2F%2Fmixpanel.com&state=${state}`, "OAuthStateMismatch"],
    [`code=c&iss=https%3A%2F%2Fmixpanel.com.evil.example&state=${state}`, "OAuthStateMismatch"],
    [`code=c&iss=https%3A%2F%2Fmixpanel.com%40evil.example&state=${state}`, "OAuthStateMismatch"],
    [`code=c&iss=&state=${state}`, "OAuthStateMismatch"],
    [`code=c&iss=mixpanel.com&state=${state}`, "OAuthStateMismatch"],
    // Another server's denial is no denial of ours.
    [`error=access_denied&iss=https%3A%2F%2Fevil.example&state=${state}`, "OAuthStateMismatch"]
  ]
  for (const [query, verdict] of table) {
    it(`${query.replaceAll(state, "STATE") || "nothing"} → ${verdict}`, () => expect(judged(query)).toBe(verdict))
  }

  it("the state is compared in a time that depends on the length of the guess alone", () => {
    const read = vi.spyOn(String.prototype, "charCodeAt")
    const readsOf = (guess: string): number => {
      read.mockClear()
      judgeRedirect(`code=c&state=${guess}`, expected)
      return read.mock.calls.length
    }
    try {
      for (const length of [1, 42, 43, 44, 10_000]) {
        const guesses = [0, 1, 20, 42].map((right) => state.slice(0, right).padEnd(length, "x").slice(0, length))
        const reads = guesses.map(readsOf)
        expect(new Set(reads).size).toBe(1)
        expect(reads[0]).toBeGreaterThanOrEqual(2 * length)
      }
    } finally {
      read.mockRestore()
    }
  })

  it("only the very state is taken", () => {
    const states = FastCheck.string({ maxLength: 50 }).filter((text) => text !== "")
    FastCheck.assert(
      FastCheck.property(states, states, (one, other) => {
        const query = new URLSearchParams({ code: "c", state: one }).toString()
        const result = judgeRedirect(query, { ...expected, state: Redacted.make(other) })
        expect(Either.isRight(result)).toBe(one === other)
      })
    )
    expect(judged(`code=c&state=${state}`)).toBe("Code c")
  })

  it("nothing that a request says appears in an error", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.string({ minLength: 6 }), (said) => {
        const text = encodeURIComponent(said)
        for (const query of [`error=${text}&state=${state}`, `code=c&state=${text}`, `iss=${text}&state=${state}`]) {
          const result = judgeRedirect(query, expected)
          const error = Either.match(result, {
            onLeft: (stray) => stray.message,
            onRight: (ours) => (ours._tag === "Code" ? "" : ours.error.message)
          })
          expect(error.includes(said) && /[^ a-z]/i.test(said)).toBe(false)
        }
      })
    )
  })

  it("no query but one with our state ends the login", () => {
    const pair = FastCheck.tuple(
      FastCheck.constantFrom("state", "code", "error", "iss", "State", "state ", "%73tate"),
      FastCheck.oneof(
        FastCheck.constantFrom("", "x", "access_denied", "%00", state.slice(2)),
        FastCheck.webQueryParameters()
      )
    ).map(([name, value]) => `${name}=${value}`)
    FastCheck.assert(
      FastCheck.property(FastCheck.array(pair, { maxLength: 6 }), (pairs) => judged(pairs.join("&")) === "stray"),
      { numRuns: 2_000 }
    )
  })
})

describe("a paste", () => {
  const table: ReadonlyArray<readonly [string, string | null]> = [
    ["http://localhost:19284/callback?code=c&state=s", "code=c&state=s"],
    ["  http://localhost:19284/callback?code=c&state=s \n", "code=c&state=s"],
    ["http://localhost:19284/callback?code=c&state=s#_=_", "code=c&state=s"],
    ["https://other.example/x?state=s&error=access_denied", "state=s&error=access_denied"],
    ["localhost:19284/callback?code=c&state=s", "code=c&state=s"],
    ["/callback?code=c&state=s", "code=c&state=s"],
    ["?code=c&state=s", "code=c&state=s"],
    ["code=c&state=s", "code=c&state=s"],
    ["state=s&code=c#x", "state=s&code=c"],
    ["code=a?b&state=s", "code=a?b&state=s"],
    ["?code=a?b&state=s", "code=a?b&state=s"],
    ["http://localhost:19284/callback?code=a?b&state=s", "code=a?b&state=s"],
    ["code=c", "code=c"],
    ["", null],
    ["   ", null],
    ["hello", null],
    ["http://localhost:19284/callback", null],
    ["http://localhost:19284/callback?foo=1", null],
    [`code=${"c".repeat(16_384)}`, null]
  ]
  for (const [text, query] of table) {
    it(`${JSON.stringify(text.slice(0, 60))} → ${query ?? "cannot be used"}`, () => {
      expect(Either.getOrNull(parsePaste(text))).toBe(query)
    })
  }
})
