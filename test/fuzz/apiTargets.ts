/** Addresses, and what the API and proxies between say. `URL` says where an address leads. */
import { command } from "#src/domain/hints/Command.ts"
import * as Either from "effect/Either"
import * as fc from "effect/FastCheck"
import * as Option from "effect/Option"
import { decodePage } from "#src/domain/api/Pagination.ts"
import { parseProxyAddress } from "#src/domain/api/ProxyAddress.ts"
import { refused } from "#src/domain/api/Refused.ts"
import { resolveRedirect, resolveUrl, urlRoom } from "#src/domain/api/RequestUrl.ts"
import { parseRetryAfter } from "#src/domain/api/RetryPolicy.ts"
import { maxReasonLength, reasonOf } from "#src/domain/api/Scrub.ts"
import { decodeSegmentation } from "#src/domain/api/Segmentation.ts"
import { isLoopback, parseBaseUrl } from "#src/domain/api/Endpoints.ts"
import { parseCustomHeader } from "#src/domain/session/Environment.ts"
import { ProjectId } from "#src/domain/account/identifiers.ts"
import { parseJson } from "#src/domain/internal/json.ts"
import { decodeMe, decodeWorkspaces, projectsByName, projectsOf, workspacesOf } from "#src/domain/api/Me.ts"
import { fixtures, json, mutated, pick, words } from "./generators.ts"
import { must, target } from "./target.ts"

const addresses = [
  "https://mixpanel.com/api/app/me",
  "/api/query/segmentation?unit=day",
  "//evil.example/x",
  "https://user:pass@mixpanel.com/",
  "../../x",
  "http://127.0.0.1:8080/a/b/",
  "https://[::1]:1/",
  "https://mixpánel.com",
  "HTTPS://MIXPANEL.COM:443/x?y#z",
  "javascript:alert(1)",
  "file:///etc"
]
const room = urlRoom("https://mixpanel.com/api/query", new Set(["https://mixpanel.com", "https://data.mixpanel.com"]))
const from = new URL("https://mixpanel.com/api/app/me?x=1")

const errors = [
  '{"error":"no such project","status":"error"}',
  '{"error":{"message":"x"}}',
  '{"errors":["x"]}',
  "<html><body>502</body></html>",
  '{"error":"secret-1 c2VjcmV0LTE= %73ecret-1"}',
  '"error"',
  ""
]
const secrets = ["secret-1"]
const me = fixtures("me.json").map((text) => JSON.stringify({ status: "ok", results: JSON.parse(text) }))
const pages = [
  '{"results":[1,2],"pagination":{"next_cursor":"c","page_size":2}}',
  '{"data":{"series":["2026-01-01"],"values":{"a":{"2026-01-01":3}}},"legend_size":1}',
  '[{"id":1,"name":"w","project_id":1,"is_default":true}]'
]

export const apiTargets = [
  target("/me and workspaces", 2, json([...me, ...pages]), (text) => {
    Either.map(parseJson(text), (value) => {
      Either.map(decodeMe(value), (found) => {
        projectsOf(found)
        projectsByName(found)
        workspacesOf(found, ProjectId.make("1"))
      })
      decodeWorkspaces(ProjectId.make("1"))(value)
    })
  }),
  target("pages and segmentation", 2, json(pages), (text) => {
    Either.map(parseJson(text), (value) => [decodePage(value), decodeSegmentation(value)])
  }),
  target(
    "error body",
    3,
    fc.tuple(fc.integer({ min: 100, max: 999 }), json(errors.filter(isJson)), mutated(errors)),
    ([status, one, other]) => {
      for (const body of [one, other]) {
        const reason = reasonOf(body, secrets)
        must(reason.length <= maxReasonLength, "a reason is short")
        must(!/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u200b]/.test(reason), "a reason has no control characters")
        must(!reason.toLowerCase().includes("secret-1"), "a reason shows no secret")
        const error = refused({
          method: "GET",
          url: "https://mixpanel.com/x",
          status,
          reason,
          account: "a",
          accountType: "service_account",
          project: "1",
          retryAfter: Option.none()
        })
        must(error.message !== "" && error.hints.length >= 0, "an error explains itself")
      }
    }
  ),
  target(
    "Retry-After",
    3,
    fc.oneof(mutated(["120", "1.5", "Wed, 21 Oct 2026 07:28:00 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "-1"]), words),
    (text) => {
      const found = parseRetryAfter(text, 1_700_000_000_000)
      must(
        Option.match(found, { onNone: () => true, onSome: (millis) => millis >= 0 && Number.isFinite(millis) }),
        "a wait is a number"
      )
    }
  ),
  target("request address", 4, fc.oneof(mutated(addresses), words), (text) => {
    const found = resolveUrl(text, room)
    if (Either.isRight(found)) {
      must(room.origins.has(new URL(found.right.href).origin), "a request stays at its own addresses")
      must(found.right.username === "" && found.right.password === "", "no user name is sent")
    }
    const onward = resolveRedirect(from, text)
    if (Either.isRight(onward)) must(new URL(text, from).origin === from.origin, "a redirect stays where it is")
    else must(!onward.left.includes(":pass@"), "what is refused is not repeated")
  }),
  target("override", 4, fc.oneof(mutated(addresses), words), (text) => {
    const found = parseBaseUrl("MP_API_BASE_URL", text)
    if (Either.isLeft(found)) return
    const url = new URL(text)
    must(new URL(found.right).origin === url.origin, "the address is the one that was given")
    must(url.protocol === "https:" || isLoopback(url.hostname), "nothing goes out in clear")
    must(!found.right.endsWith("/") && new URL(found.right).username === "", "it is an origin and a path")
  }),
  target(
    "proxy",
    2,
    fc.oneof(mutated(["http://user:p%40ss@proxy:3128", "proxy.example:3128", "socks5://x", "[::1]:8080"]), words),
    (text) => {
      const found = Either.flatMap(parseProxyAddress("HTTPS_PROXY", text), ({ usable }) => usable)
      if (Either.isRight(found))
        must(/^https?:\/\/[^@]*$/.test(found.right.origin), "a proxy speaks HTTP, and its password stays apart")
      else must(!found.left.includes("p%40ss"), "what is refused is not repeated")
    }
  ),
  target("header", 2, fc.tuple(fc.oneof(pick(["X-A", "Authorization", "x y"]), words), words), ([name, value]) => {
    const found = parseCustomHeader(name, value, "a test", command`unset X`)
    if (Either.isRight(found)) must(!/[\r\n\0]/.test(value), "a header is one line")
  })
]

function isJson(text: string): boolean {
  return Either.isRight(parseJson(text))
}
