/** What a bridge must not hold is refused with a phrase that names the key, before anything is made of it. */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { BridgeFile, readBridge } from "#src/domain/session/BridgeFile.ts"

const tokens = { access_token: "a", refresh_token: "r", token_type: "Bearer", scope: "", expires_at: 1 }
const browser = { version: 2, account: { name: "me", type: "oauth_browser", region: "us" }, headers: {}, tokens }
const bearer = (change: object) => ({
  version: 2,
  account: { name: "ci", type: "oauth_token", region: "us", ...change },
  headers: {}
})
const withHeaders = (headers: object) => ({ ...bearer({ token: "t" }), headers })

const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`
const deep = (depth: number) => JSON.stringify(browser).replace('"access_token"', `"x":${nested(depth)},"access_token"`)

const problem = (bridge: unknown): string | undefined =>
  Either.match(readBridge(typeof bridge === "string" ? bridge : JSON.stringify(bridge)), {
    onLeft: (why) => why,
    onRight: () => undefined
  })

/** What only a text can hold, or what is dropped where it is no text. */
const ofTexts = ["depth", "great depth", "many parts", "a prototype", "a prototype among headers"]

/** The phrase of the text's reader, which names keys; a decoder puts the path before the phrase. */
const schemaProblem = (bridge: unknown): string | undefined =>
  Either.match(Schema.decodeUnknownEither(BridgeFile)(typeof bridge === "string" ? JSON.parse(bridge) : bridge), {
    onLeft: String,
    onRight: () => undefined
  })

describe("refused", () => {
  it.each<[string, unknown, string]>([
    ["depth", deep(15), "it is nested too deep"],
    ["great depth", deep(400_000), "it is nested too deep"],
    [
      "a long token",
      { ...browser, tokens: { ...tokens, refresh_token: "r".repeat(8193) } },
      "tokens.refresh_token is longer"
    ],
    [
      "a token of two lines",
      { ...browser, tokens: { ...tokens, access_token: "a\r\nX: y" } },
      "tokens.access_token must be a"
    ],
    [
      "half a character",
      { ...browser, tokens: { ...tokens, access_token: "\ud800" } },
      "tokens.access_token must be a"
    ],
    [
      "many parts",
      { ...browser, tokens: { ...tokens, x: Array.from({ length: 1001 }, () => 0) } },
      "has too many parts"
    ],
    ["a prototype", '{"version":2,"__proto__":{"headers":{}}}', "__proto__ is not a known key"],
    [
      "a prototype among headers",
      JSON.stringify(withHeaders({ p: "x" })).replace('"p"', '"__proto__"'),
      "headers.__proto__"
    ],
    ["an unknown key", { ...browser, more: 1 }, "more is not a known key"],
    ["an unknown key of the account", bearer({ token: "t", more: 1 }), "account.more is not a known key"],
    [
      "a huge workspace",
      JSON.stringify(browser).replace('"headers"', '"workspace":1e400,"headers"'),
      "workspace must be a"
    ],
    ["a huge time", JSON.stringify(browser).replace('"expires_at":1', '"expires_at":1e400'), "tokens.expires_at"],
    [
      "many headers",
      withHeaders(Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`X-${n}`, ""]))),
      "headers are more than 64"
    ],
    ["a header of two lines", withHeaders({ "X-A": "1\r\nX-B: 2" }), "headers.X-A must be a single line"],
    ["no header name", withHeaders({ "X A": "1" }), "headers"],
    ...["Authorization", "HOST", "Cookie", "Proxy-Authorization", "proxy-x", "Content-Length", "Transfer-Encoding"].map(
      (name): [string, unknown, string] => [name, withHeaders({ [name]: "1" }), `headers.${name} is not a header that`]
    ),
    ...[
      "PATH",
      "AWS_SECRET_ACCESS_KEY",
      "mp_x",
      "MP_",
      "XMP_TOKEN",
      "MP_A B",
      "MP_SECRET",
      "MP_PROJECT_SECRET",
      "MP_STORE_KEY"
    ].map((name): [string, unknown, string] => [name, bearer({ token_env: name }), "account.token_env must"]),
    ["a hostile name", { ...browser, account: { ...browser.account, name: "../.." } }, "account.name must be 1 to 64"]
  ])("%s", (name, bridge, why) => {
    expect(problem(bridge)).toContain(why)
    if (!ofTexts.includes(name)) expect(schemaProblem(bridge)).toBeDefined()
  })
})

describe("accepted", () => {
  it.each<[string, unknown]>([
    ["what others put beside the tokens", deep(13)],
    ["MP_CI_TOKEN", bearer({ token_env: "MP_CI_TOKEN" })],
    ["MP_OAUTH_TOKEN", bearer({ token_env: "MP_OAUTH_TOKEN" })],
    ["the last of two keys", JSON.stringify(browser).replace('"headers"', '"version":3,"version":2,"headers"')],
    ["64 headers", withHeaders(Object.fromEntries(Array.from({ length: 64 }, (_, n) => [`X-${n}`, ""])))],
    ["a far time", { ...browser, tokens: { ...tokens, expires_at: 1e300 } }]
  ])("%s", (_, bridge) => {
    expect(problem(bridge)).toBeUndefined()
    expect(schemaProblem(bridge)).toBeUndefined()
  })
})
