import { expect, it } from "vitest"
import { networkReason } from "../../../src/domain/api/NetworkReason.ts"

const failed = (code: string) =>
  new TypeError("fetch failed", { cause: Object.assign(new Error("to http://user:pw@proxy"), { code }) })

it.each([
  ["ENOTFOUND", /name does not resolve/],
  ["ECONNREFUSED", /refused/],
  ["ECONNRESET", /reset/],
  ["SELF_SIGNED_CERT_IN_CHAIN", /SELF_SIGNED_CERT_IN_CHAIN.*NODE_EXTRA_CA_CERTS/],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", /NODE_EXTRA_CA_CERTS/],
  ["CERT_HAS_EXPIRED", /expired.*NODE_EXTRA_CA_CERTS/],
  ["ESOMETHING", /connection failed \(ESOMETHING\)/]
])("explains %s", (code, phrase) => {
  expect(networkReason({ cause: failed(code) })).toMatch(phrase)
  expect(networkReason({ cause: failed(code) })).not.toContain("pw")
})

it("looks into gathered errors", () =>
  expect(networkReason(new AggregateError([failed("ECONNREFUSED")]))).toBe("the connection was refused"))
it("names the status of a proxy", () =>
  expect(networkReason(new Error("Proxy response (407) !== 200 when HTTP Tunneling"))).toContain(
    "proxy refused to connect (407)"
  ))
it("survives circles and nothing at all", () => {
  const circle: { cause?: unknown } = {}
  circle.cause = circle
  expect([circle, undefined, "x", null].map(networkReason)).toEqual(Array(4).fill("the connection failed"))
})
