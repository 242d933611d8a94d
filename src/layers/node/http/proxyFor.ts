/** The one proxy rule: which way a request goes, by its address and by the variables. */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { isLoopback } from "../../../domain/api/Endpoints.ts"
import { parseProxyAddress, type ProxyAddress } from "../../../domain/api/ProxyAddress.ts"
import { builtins } from "../builtins.ts"
import { portOf } from "../../../domain/internal/parseUrl.ts"

export interface ProxyVariable {
  readonly name: string
  readonly value: string
}

/** What the environment says about proxies; empty values count as absent. */
export interface ProxyVariables {
  /** For `https:` targets, which are reached through a tunnel (`CONNECT`). */
  readonly https: Option.Option<ProxyVariable>
  /** For `http:` targets, which are forwarded. */
  readonly http: Option.Option<ProxyVariable>
  /** Hosts to reach directly. */
  readonly except: string
}

export const hasProxy = ({ http, https }: ProxyVariables): boolean => Option.isSome(http) || Option.isSome(https)

/** Directly (`None`), by a proxy, or not at all: a variable that is no address fails the requests that need it. */
export type Route = Either.Either<Option.Option<ProxyAddress>, string>

const directly: Route = Either.right(Option.none())

/**
 * The way to an address. What is addressed to this machine does not leave it: a proxy elsewhere would see a credential
 * that is only sent without TLS because it is not going anywhere.
 *
 * @example
 * ```ts
 * proxyFor(new URL("https://mixpanel.com/api/app/me"), variables)
 * ```
 */
export const proxyFor = (target: URL, { except, http, https }: ProxyVariables): Route => {
  const variable = target.protocol === "https:" ? https : http
  if (Option.isNone(variable) || isExcepted(target, except)) return directly
  return Either.flatMap(parseProxyAddress(variable.value.name, variable.value.value), (address) =>
    isLoopback(target.hostname) && !isLoopback(address.hostname)
      ? directly
      : Either.map(address.usable, (usable) => Option.some(usable))
  )
}

const isExcepted = (target: URL, except: string): boolean =>
  except
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => entry === "*" || (entry !== "" && matches(target, entry)))

/** `host`, `.host`, `*.host`, an address or a network, each also with a port; a name stands for those below it, too. */
const matches = (target: URL, entry: string): boolean => {
  const host = bare(target.hostname)
  const { name, port } = splitPort(entry)
  if (port !== undefined && port !== portOf(target)) return false
  if (name.includes("/") || isIP(name) !== 0) return isIP(host) !== 0 && isInNetwork(host, name)
  const suffix = name.replace(/^\*?\./, "").replace(/\.$/, "")
  return suffix !== "" && (host === suffix || host.endsWith(`.${suffix}`))
}

/** A host name without brackets and without the dot that may end it. */
const bare = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "")

/** Colons belong to an IPv6 address unless it stands in brackets. */
const splitPort = (entry: string): { readonly name: string; readonly port: string | undefined } => {
  const found = /^(?:\[([^\]]+)\](\/\d+)?|([^:]*))(?::(\d+))?$/.exec(entry)
  return found === null
    ? { name: entry, port: undefined }
    : { name: `${found[1] ?? found[3] ?? ""}${found[2] ?? ""}`, port: found[4] }
}

/** 4, 6, or 0 where it is a name. */
const isIP = (host: string): number => builtins.net.isIP(host)

const isInNetwork = (host: string, network: string): boolean => {
  const [address = "", bits] = network.split("/")
  const longest = familyOf(address) === "ipv4" ? 32 : 128
  const prefix = bits === undefined ? longest : Number(bits)
  if (isIP(address) === 0 || !/^\d+$/.test(bits ?? "0") || prefix > longest) return false
  const list = new builtins.net.BlockList()
  list.addSubnet(address, prefix, familyOf(address))
  return list.check(host, familyOf(host))
}

const familyOf = (address: string): "ipv4" | "ipv6" => (isIP(address) === 6 ? "ipv6" : "ipv4")
