/** The ways in which a token endpoint can fail to answer properly, and what each must lead to. */
import type { Fault } from "./StrictServer.ts"

export interface Shape {
  readonly name: string
  readonly fault: Fault
  /** 75: temporary. 2: someone has to log in. */
  readonly exit: 75 | 2
  /** The server spent the token although no usable answer arrived: nobody can undo that. */
  readonly spent?: true
  /** Ends with the deadline. */
  readonly late?: true
}

const html = "<!doctype html><html><body><h1>Bad gateway</h1>{}</body></html>"

const answer = (name: string, status: number, body: string, exit: 75 | 2 = 75, contentType?: string): Shape => ({
  name,
  fault: {
    kind: "answer",
    status,
    body,
    ...(contentType === undefined ? {} : { headers: { "content-type": contentType } })
  },
  exit
})

const json = (value: unknown): string => JSON.stringify(value)

type Body = Readonly<Record<string, unknown>>

const without =
  (key: string) =>
  (body: Body): Body =>
    Object.fromEntries(Object.entries(body).filter(([name]) => name !== key))

/** A handled request whose answer is changed beyond use. */
const changed = (name: string, change: (body: Body) => unknown): Shape => ({
  name,
  fault: { kind: "change", change },
  exit: 75,
  spent: true
})

export const shapes: ReadonlyArray<Shape> = [
  { name: "reset before handling", fault: { kind: "reset", handled: false }, exit: 75 },
  { name: "reset after handling", fault: { kind: "reset", handled: true }, exit: 75, spent: true },
  { name: "bytes that are no HTTP", fault: { kind: "garbage" }, exit: 75 },
  { name: "body cut off", fault: { kind: "partial", after: "end" }, exit: 75 },
  { name: "body that stops arriving", fault: { kind: "partial", after: "silence" }, exit: 75, late: true },
  { name: "slow drip", fault: { kind: "drip" }, exit: 75, late: true },
  { name: "no answer", fault: { kind: "silence" }, exit: 75, late: true },
  answer("408", 408, json({ error: "timeout" })),
  answer("429 JSON", 429, json({ error: "slow_down" })),
  answer("429 HTML", 429, html, 75, "text/html"),
  answer("429 with invalid_grant", 429, json({ error: "invalid_grant" })),
  answer("500 JSON", 500, json({ error: "server_error" })),
  answer("500 HTML", 500, html, 75, "text/html"),
  answer("500 with invalid_grant", 500, json({ error: "invalid_grant" })),
  answer("502 empty", 502, ""),
  answer("503 with invalid_grant", 503, json({ error: "invalid_grant" })),
  answer("504 HTML", 504, html, 75, "text/html"),
  answer("200 HTML", 200, html, 75, "text/html"),
  answer("200 empty", 200, ""),
  answer("200 truncated JSON", 200, '{"access_token": "at-1", "expires_in": 36'),
  answer("200 with invalid_grant", 200, json({ error: "invalid_grant" })),
  answer("200 array", 200, "[]"),
  answer("200 null", 200, "null"),
  answer("200 text", 200, '"at-1"'),
  answer("204", 204, ""),
  answer("200 of 300 KiB", 200, json({ access_token: "x".repeat(300_000) })),
  answer("200 of 4 MiB", 200, "x".repeat(4_194_304)),
  answer("400 HTML", 400, html, 75, "text/html"),
  answer("400 empty", 400, ""),
  answer("400 truncated invalid_grant", 400, '{"error": "invalid_grant"'),
  answer("400 invalid_grant as text", 400, "error=invalid_grant", 75, "text/plain"),
  answer("400 error that is no string", 400, json({ error: ["invalid_grant"] })),
  answer("400 error in an object", 400, json({ error: { code: "invalid_grant" } })),
  answer("400 invalid_client", 400, json({ error: "invalid_client" }), 2),
  answer("401 invalid_client", 401, json({ error: "invalid_client" }), 2),
  answer("400 invalid_request", 400, json({ error: "invalid_request" }), 2),
  answer("401 HTML", 401, html, 75, "text/html"),
  answer("403 invalid_grant", 403, json({ error: "invalid_grant" }), 2),
  answer("404 HTML", 404, html, 75, "text/html"),
  {
    name: "302 to another origin",
    fault: { kind: "answer", status: 302, body: "", headers: { location: "/stolen" } },
    exit: 75
  },
  {
    name: "307 to another origin",
    fault: { kind: "answer", status: 307, body: "", headers: { location: "/stolen" } },
    exit: 75
  },
  {
    name: "308 to another origin",
    fault: { kind: "answer", status: 308, body: "", headers: { location: "/stolen" } },
    exit: 75
  },
  changed("access_token missing", without("access_token")),
  changed("access_token a number", (body) => ({ ...body, access_token: 42 })),
  changed("access_token empty", (body) => ({ ...body, access_token: "" })),
  changed("access_token with a line break", (body) => ({ ...body, access_token: "at\r\nX-Evil: 1" })),
  changed("token_type MAC", (body) => ({ ...body, token_type: "MAC" })),
  changed("token_type a number", (body) => ({ ...body, token_type: 1 }))
]

/** What a connection fails with where no server can be scripted to make it fail. */
export const brokenConnections: ReadonlyArray<string> = [
  "ENOTFOUND",
  "EAI_AGAIN",
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EPIPE",
  "CERT_HAS_EXPIRED",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "EPROTO"
]

/** Answers that are odd, and good all the same: what is stored and used is given by the second part. */
export const generous: ReadonlyArray<{
  readonly name: string
  readonly change: (body: Body) => unknown
  /** Seconds from the request, or `null`: not known. */
  readonly lifetime: number | null
  readonly keepsRefreshToken?: true
}> = [
  { name: "expires_in missing", change: without("expires_in"), lifetime: null },
  { name: "expires_in null", change: (body) => ({ ...body, expires_in: null }), lifetime: null },
  { name: "expires_in in digits", change: (body) => ({ ...body, expires_in: "1800" }), lifetime: 1800 },
  { name: "expires_in as words", change: (body) => ({ ...body, expires_in: "an hour" }), lifetime: null },
  { name: "expires_in negative", change: (body) => ({ ...body, expires_in: -1 }), lifetime: null },
  { name: "expires_in zero", change: (body) => ({ ...body, expires_in: 0 }), lifetime: null },
  { name: "expires_in an object", change: (body) => ({ ...body, expires_in: { s: 1 } }), lifetime: null },
  { name: "expires_in beyond all bounds", change: (body) => ({ ...body, expires_in: 1e300 }), lifetime: 315_360_000 },
  { name: "expires_in 1e308", change: (body) => ({ ...body, expires_in: 1e308 }), lifetime: 315_360_000 },
  { name: "expires_in 1e18", change: (body) => ({ ...body, expires_in: 1e18 }), lifetime: 315_360_000 },
  {
    name: "expires_in negative beyond all bounds",
    change: (body) => ({ ...body, expires_in: -1e308 }),
    lifetime: null
  },
  { name: "expires_in less than a second", change: (body) => ({ ...body, expires_in: 5e-324 }), lifetime: null },
  { name: "expires_in NaN as text", change: (body) => ({ ...body, expires_in: "NaN" }), lifetime: null },
  {
    name: "expires_in in 400 digits",
    change: (body) => ({ ...body, expires_in: "9".repeat(400) }),
    lifetime: 315_360_000
  },
  { name: "expires_in true", change: (body) => ({ ...body, expires_in: true }), lifetime: null },
  {
    name: "refresh_token missing",
    change: without("refresh_token"),
    lifetime: 3600,
    keepsRefreshToken: true
  },
  {
    name: "refresh_token null",
    change: (body) => ({ ...body, refresh_token: null }),
    lifetime: 3600,
    keepsRefreshToken: true
  },
  { name: "scope null", change: (body) => ({ ...body, scope: null }), lifetime: 3600 },
  { name: "scope missing", change: without("scope"), lifetime: 3600 },
  { name: "token_type missing", change: without("token_type"), lifetime: 3600 },
  { name: "token_type bearer", change: (body) => ({ ...body, token_type: "bearer" }), lifetime: 3600 },
  { name: "more than is known", change: (body) => ({ ...body, id_token: "x", __proto__x: 1 }), lifetime: 3600 }
]

/**
 * Answers that cannot be parsed, or not to their end, with both tokens in what can be read: to throw them away would end
 * the session. Of the lifetime nothing is known then.
 */
export const salvageable: ReadonlyArray<{ readonly name: string; readonly rewrite: (text: string) => string }> = [
  {
    name: "nested 100,000 deep",
    rewrite: (text) => `${text.slice(0, -1)},"x":${"[".repeat(100_000)}${"]".repeat(100_000)}}`
  },
  {
    name: "deep things first",
    rewrite: (text) => `{"x":${'{"access_token":'.repeat(300)}"y"${"}".repeat(300)},${text.slice(1)}`
  },
  { name: "expires_in a bare NaN", rewrite: (text) => text.replace('"expires_in":3600', '"expires_in":NaN') },
  {
    name: "one byte more than 256 KiB",
    rewrite: (text) => `${text.slice(0, -1)},"x":"${"x".repeat(262_145 - text.length - 7)}"}`
  },
  { name: "4 MiB", rewrite: (text) => `${text.slice(0, -1)},"x":"${"x".repeat(4_194_304)}"}` },
  { name: "the last bracket is missing", rewrite: (text) => text.slice(0, -1) },
  { name: "a comma too many", rewrite: (text) => `${text.slice(0, -1)},}` },
  { name: "something behind it", rewrite: (text) => `${text}<!-- served by node 7 -->` }
]
