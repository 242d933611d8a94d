import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { parseUrl } from "../internal/parseUrl.ts"

export interface ProxyAddress {
  readonly origin: string
  readonly host: string
  readonly authorization: Option.Option<Redacted.Redacted>
}

export interface NamedProxy {
  readonly hostname: string
  readonly usable: Either.Either<ProxyAddress, string>
}

/** `proxy.example:3128` is understood as curl understands it. */
const withScheme = (address: string): string => (address.includes("://") ? address : `http://${address}`)

/** Reads the value of a proxy variable; what is wrong with it is told without quoting it, for it may hold a password. */
export const parseProxyAddress = (variable: string, text: string): Either.Either<NamedProxy, string> => {
  const address = withScheme(text.trim())
  const url = parseUrl(address)
  if (url === null) return Either.left(malformed(variable))
  const isBare = url.search === "" && url.hash === "" && /^\/?$/.test(url.pathname)
  if (url.hostname === "" || !isBare) return Either.left(malformed(variable))
  return Either.right({ hostname: url.hostname, usable: usable(variable, url) })
}

export const isProxyAddress = (text: string): boolean =>
  Either.isRight(Either.flatMap(parseProxyAddress("", text), (named) => named.usable))

const usable = (variable: string, url: URL): NamedProxy["usable"] => {
  if (url.protocol.startsWith("socks"))
    return Either.left(`${variable} names a SOCKS proxy, and SOCKS is not supported`)
  if (url.protocol !== "http:" && url.protocol !== "https:") return Either.left(malformed(variable))
  return Either.map(authorizationOf(variable, url), (authorization) => ({
    origin: url.origin,
    host: url.port === "" ? `${url.hostname}:${url.protocol === "https:" ? 443 : 80}` : url.host,
    authorization
  }))
}

/** A user without a password is sent, too: some proxies are given a token in its place. */
const authorizationOf = (variable: string, { password, username }: URL) =>
  username === "" && password === ""
    ? Either.right(Option.none())
    : Either.mapBoth(Either.all([username, password].map((part) => Encoding.decodeUriComponent(part))), {
        onLeft: () => malformed(variable),
        onRight: (parts) => Option.some(Redacted.make(`Basic ${Encoding.encodeBase64(parts.join(":"))}`))
      })

const malformed = (variable: string): string =>
  `${variable} is not an http: or https: address of a proxy (write @ : / # ? and % in its password as %40 %3A %2F %23 %3F %25)`
