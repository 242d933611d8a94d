import { expect, it } from "vitest"
import { bodyReason, isLasting, networkReason } from "#src/domain/api/NetworkReason.ts"
import { BrokenBody, ProxyProblem } from "#src/domain/api/TransportProblem.ts"

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
it("says what the transport found out by itself", () => {
  const refused = { cause: new ProxyProblem({ reason: "the proxy h:1 refused: 407", isLasting: true }) }
  expect([networkReason(refused), isLasting(refused), isLasting(failed("ECONNRESET"))]).toEqual([
    "the proxy h:1 refused: 407",
    true,
    false
  ])
  expect(bodyReason({ cause: new BrokenBody({ reason: "cut" }) })).toBe("cut")
  expect(bodyReason(failed("ECONNRESET"))).toBe("the answer broke off: the connection was reset")
})
it("understands what another copy of this package found out", () =>
  expect(networkReason(Object.assign(new Error(), { _tag: "BrokenBody", reason: "cut" }))).toBe("cut"))
it.each([
  ["ECONNRESET", "socket hang up", "the other side closed the connection"],
  ["EPROTO", "write EPROTO 8B:error:wrong version number:x", "the server does not speak TLS"],
  ["HPE_HEADER_OVERFLOW", "x", "the headers of the answer are too large"],
  ["UND_ERR_HEADERS_OVERFLOW", "x", "the headers of the answer are too large"]
])("says the same of both engines: %s, %s", (code, message, phrase) =>
  expect(networkReason(Object.assign(new Error(message), { code }))).toBe(phrase)
)
it("survives circles and nothing at all", () => {
  const circle: { cause?: unknown } = {}
  circle.cause = circle
  expect([circle, undefined, "x", null].map(networkReason)).toEqual(Array(4).fill("the connection failed"))
})
