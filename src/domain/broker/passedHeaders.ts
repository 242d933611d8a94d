import { type PlainHeaders, reservedHeaders } from "../api/RequestHeaders.ts"
import type { SessionHeaders } from "../session/SessionHeaders.ts"
import type { GuestHead } from "./GuestHead.ts"

const ofConnection = ["connection", "keep-alive", "proxy-connection", "te", "trailer", "trailers", "upgrade"]

const notFromGuest: ReadonlySet<string> = new Set([
  ...reservedHeaders,
  ...ofConnection,
  "accept-encoding",
  "content-length",
  "cookie",
  "cookie2",
  "forwarded",
  "via"
])

const isSpeakingForOthers = (name: string): boolean =>
  /^(x-forwarded|x-original|x-rewrite|x-real-ip|x-client-ip|true-client-ip|x-method|x-http|proxy-)/.test(name)

export const fromGuest = ({ headers }: GuestHead, session: SessionHeaders): PlainHeaders => {
  const own = new Set(Object.keys(session).map((name) => name.toLowerCase()))
  const named = namedByConnection(headers["connection"] ?? [])
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, values = []]) =>
      notFromGuest.has(name) || named.has(name) || own.has(name) || isSpeakingForOthers(name)
        ? []
        : [[name, values.join(", ")]]
    )
  )
}

const notToGuest: ReadonlySet<string> = new Set([
  ...ofConnection,
  "transfer-encoding",
  "set-cookie",
  "set-cookie2",
  "alt-svc",
  "strict-transport-security",
  "proxy-authenticate",
  "authorization",
  "authentication-info"
])

export const toGuest = (headers: PlainHeaders): PlainHeaders => {
  const named = namedByConnection([headers["connection"] ?? ""])
  return Object.fromEntries(
    Object.entries(headers).filter(
      ([name]) => !notToGuest.has(name) && !named.has(name) && !name.startsWith("access-control-")
    )
  )
}

/** What a `Connection` header names belongs to that connection, too (RFC 9110, section 7.6.1). */
const namedByConnection = (values: ReadonlyArray<string>): ReadonlySet<string> =>
  new Set(values.flatMap((value) => value.split(",")).map((name) => name.trim().toLowerCase()))
