/**
 * Where a request may go. The decision is made on the parsed URL, the same one that is sent, so that no
 * spelling (userinfo, backslashes, dot segments, odd schemes) can show the check one host and the network another.
 */
import { command } from "../hints/Command.ts"
import * as Either from "effect/Either"
import type { RequestSummary } from "./ApiError.ts"
import { withoutTrailingSlashes } from "./Endpoints.ts"
import { InvalidArgument } from "../errors.ts"
import { parseUrl } from "../internal/parseUrl.ts"

export interface UrlScope {
  readonly base: string
  readonly origin: string
  readonly path: string
  readonly origins: ReadonlySet<string>
}

export const urlRoom = (base: string, origins: ReadonlySet<string>): UrlScope => {
  const { origin, pathname } = new URL(base)
  return { base, origin, path: withoutTrailingSlashes(pathname), origins }
}

/**
 * Turns what a caller gave into the URL to request: a relative one is joined to the base and cannot climb
 * out of it, an absolute one must be on an allowed origin. Fragments are dropped.
 */
export const resolveUrl = (text: string, room: UrlScope): Either.Either<URL, InvalidArgument> => {
  if (startsWithScheme.test(text))
    return Either.mapBoth(ownAddress(text, room.origins), { onLeft: refused, onRight: withoutFragment })
  if (hasTrickyCharacter(text)) return Either.left(refused(tricky))
  if (text.startsWith("//"))
    return Either.left(refused("a request URL starts with '//' and so names a host without a scheme"))
  return Either.map(relative(text, room), withoutFragment)
}

/** An absolute URL on one of the origins of a session: its credential may go there. `Left`: why not, as a phrase. */
export const ownAddress = (text: string, origins: ReadonlySet<string>): Either.Either<URL, string> => {
  if (hasTrickyCharacter(text)) return Either.left(tricky)
  const url = /^https?:\/\/[^/?#]/i.test(text) ? parseUrl(text) : null
  if (url === null) return Either.left("a request URL is malformed")
  if (authorityOf(text).includes("@")) return Either.left("a request URL contains a user name or password")
  return origins.has(url.origin)
    ? Either.right(url)
    : Either.left(`${url.origin} is not one of this session's own addresses (${[...origins].join(", ")})`)
}

const tricky = "a request URL contains a backslash or a control character"

/**
 * The target of a redirect, if it may be followed: the same origin as the request, and no userinfo. The
 * `Left` is a phrase that names the target's origin and nothing else of it.
 */
export const resolveRedirect = (from: URL, location: string | undefined): Either.Either<URL, string> => {
  const target = location === undefined ? null : parseUrl(location, from)
  if (target === null) return Either.left("a redirect without a usable target")
  if (target.origin !== from.origin) return Either.left(`a redirect to ${originOf(target)}, which is not followed`)
  if (target.username !== "" || target.password !== "") {
    return Either.left(`a redirect to ${target.origin} with a user name in it, which is not followed`)
  }
  return Either.right(withoutFragment(target))
}

export const summarize = (method: string, url: URL): RequestSummary => ({ method, url: `${url.origin}${url.pathname}` })

const startsWithScheme = /^[a-zA-Z][a-zA-Z0-9+.-]*:/

const hasTrickyCharacter = (text: string): boolean => {
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit < 0x20 || unit === 0x7f || unit === 0x5c) return true
  }
  return false
}

const relative = (text: string, room: UrlScope): Either.Either<URL, InvalidArgument> => {
  const url = parseUrl(`${room.base}${/^([/?#]|$)/.test(text) ? "" : "/"}${text}`)
  if (url === null) return Either.left(refused("a request URL is malformed"))
  return url.origin === room.origin && isBelow(url.pathname, room.path)
    ? Either.right(url)
    : Either.left(refused(`a request URL leads out of ${room.base}`))
}

const isBelow = (path: string, base: string): boolean => path === base || path.startsWith(`${base}/`)

const authorityOf = (text: string): string => /^[^:]*:\/\/([^/?#]*)/.exec(text)?.[1] ?? ""

const originOf = (url: URL): string => (url.origin === "null" ? url.protocol : url.origin)

const withoutFragment = (url: URL): URL => {
  if (url.hash !== "") url.hash = ""
  return url
}

const refused = (what: string): InvalidArgument =>
  new InvalidArgument({
    // An address is told as it was parsed.
    message: `${startsWithScheme.test(what) ? what : what.charAt(0).toUpperCase() + what.slice(1)}, so nothing was sent.`,
    hints: [command`mp api /api/app/me`]
  })
