import * as FastCheck from "effect/FastCheck"
import { describe, expect, it } from "vitest"
import { maxReasonLength, noReason, reasonOf, scrub, shown } from "#src/domain/api/Scrub.ts"

const secret = FastCheck.fullUnicodeString({ minLength: 8, maxLength: 40 })
const around = FastCheck.string({ maxLength: 20 })

const spellings: ReadonlyArray<(text: string) => string> = [
  (text) => text,
  (text) => Buffer.from(text).toString("base64"),
  (text) => Buffer.from(text).toString("base64url"),
  (text) => Buffer.from(`ab${text}`).toString("base64"),
  (text) => Buffer.from(`a${text}bcd`).toString("base64"),
  encodeURIComponent,
  (text) => encodeURIComponent(text).toLowerCase()
]

describe("scrub", () => {
  it("removes a secret in every spelling, wherever it stands", () => {
    FastCheck.assert(
      FastCheck.property(
        around,
        secret,
        around,
        FastCheck.constantFrom(...spellings),
        (before, hidden, after, spell) => {
          const cleaned = scrub(`${before}|${spell(hidden)}|${after}`, [hidden])
          const core = Buffer.from(hidden).toString("base64").slice(4, -4)
          return !cleaned.includes(hidden) && (core.length < 4 || before.includes(core) || !cleaned.includes(core))
        }
      ),
      { numRuns: 1_000 }
    )
  })
  it("leaves text without secrets as it is", () => expect(scrub("all well", ["other", ""])).toBe("all well"))
  it("hides the pair of a Basic value", () => {
    const basic = Buffer.from("user:pass-word").toString("base64")
    expect(scrub(`Basic ${basic}`, ["pass-word", "user:pass-word"])).toBe("Basic ‹redacted›")
  })
})

describe("reasonOf", () => {
  it("takes the error of a JSON body", () => expect(reasonOf('{"error":"Invalid event"}', [])).toBe("Invalid event"))
  it.each(["<html><h1>502</h1>", "", "null", "[]", '{"error":{}}', '{"error":""}', "\uFFFD\0", '{"error":"a'])(
    "says nothing for %j",
    (body) => expect(reasonOf(body, [])).toBe(noReason)
  )
  it.each([
    '{"error":{"message":"bad date"}}',
    '{"message":"bad date"}',
    '{"error":"","detail":"bad date"}',
    '"bad date"',
    '["bad date"]',
    '[{"message":"bad date"}]',
    '{"errors":["bad date"]}',
    '{"errors":[{"title":"bad date"}]}',
    '{"error":{"errors":[{"message":"bad date"}],"code":400}}',
    '{"error":["bad date"]}',
    '{"error_description":"bad date"}',
    '{"detail":[{"loc":["query","from"],"msg":"bad date"}]}',
    '{"error":{"error":{"message":"bad date"}}}',
    '{"error":false,"message":"bad date"}',
    " bad\ndate "
  ])("takes it from where servers put it: %j", (body) => expect(reasonOf(body, [])).toBe("bad date"))
  it.each([
    ['{"error":"invalid_grant","error_description":"bad date"}', "invalid_grant: bad date"],
    ['{"errors":["one","two"]}', "one; two"],
    ['{"from_date":["Is required.","Is no date."]}', "from_date: Is required.; Is no date."],
    ['{"errors":{"unit":["Is unknown."]}}', "unit: Is unknown."]
  ])("says all of it: %j", (body, reason) => expect(reasonOf(body, [])).toBe(reason))
  it("says nothing where a body says nothing but what was asked for", () => {
    expect(reasonOf('{"status":"fail","request":"/api/query"}', [])).toBe(noReason)
  })
  it("strips control sequences first, so that they cannot split a secret", () => {
    const body = JSON.stringify({ error: "\u001b[31mse\u0000cr\u200bet-one\u001b]0;title\u0007\nsecond\u202e line" })
    expect(reasonOf(body, ["secret-one"])).toBe("‹redacted› second line")
  })
  it("cuts after scrubbing, so that a secret is never cut into showing", () => {
    const reason = shown(`${"x".repeat(maxReasonLength - 5)}secret-one`, ["secret-one"])
    expect(reason).toHaveLength(maxReasonLength)
    expect(reason).not.toContain("secr")
  })
})
