import * as Encoding from "effect/Encoding"
import * as Redacted from "effect/Redacted"
import type { SessionHeaders } from "../session/SessionHeaders.ts"
import { version } from "../internal/version.ts"

export type PlainHeaders = Readonly<Record<string, string>>

/** Headers that belong to the credential or the connection: neither a session nor a caller sets them. */
export const reservedHeaders: ReadonlySet<string> = new Set([
  "authorization",
  "proxy-authorization",
  "host",
  "connection",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "expect"
])

export const userAgent = (runtime?: string): string =>
  `effect-mixpanel/${version}${runtime === undefined ? "" : ` (${runtime})`}`

/**
 * What every request of a session carries besides its authorization: the user agent, under the session's
 * own headers. Reserved names and `Content-Length` are left out.
 */
export const sessionHeaders = (headers: SessionHeaders, agent: string): PlainHeaders => {
  const own = Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), toWire(Redacted.value(value))] as const)
    .filter(([name]) => !reservedHeaders.has(name) && name !== "content-length")
  return { "user-agent": agent, ...Object.fromEntries(own) }
}

export const requestHeaders = (
  session: PlainHeaders,
  caller: PlainHeaders,
  authorization: string | undefined
): PlainHeaders => {
  const headers: Record<string, string> = { ...session }
  for (const name in caller) {
    const value = caller[name]
    if (value !== undefined && !reservedHeaders.has(name)) headers[name] = value
  }
  if (authorization !== undefined) headers["authorization"] = authorization
  return headers
}

export const basic = (user: string, secret: string): string => `Basic ${Encoding.encodeBase64(`${user}:${secret}`)}`

export const bearer = (token: string): string => `Bearer ${toWire(token)}`

/** Text as the bytes of its UTF-8 form, which is what the HTTP stack takes header values for. */
const toWire = (text: string): string =>
  /^[\x20-\x7e]*$/.test(text)
    ? text
    : Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join("")
