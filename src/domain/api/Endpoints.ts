/** Where the APIs of a region live, and where an override moves them. */
import { command } from "../hints/Command.ts"
import * as Brand from "effect/Brand"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { ConfigError } from "../errors.ts"
import { type Region, regions } from "../account/identifiers.ts"
import { lazy } from "../internal/lazy.ts"
import { parseUrl } from "../internal/parseUrl.ts"

/**
 * A part of Mixpanel's API with its own address and its own rules about credentials:
 * reading (`query`, `export`, `engage`), management (`app`, `gdpr`, `pipelines`), ingestion (`import`,
 * `track`, `profiles`), and the authorization server (`oauth`).
 * @since 0.1.0
 * @category utilities
 */
export const apiFamilies = [
  "query",
  "export",
  "engage",
  "app",
  "gdpr",
  "pipelines",
  "import",
  "track",
  "profiles",
  "oauth"
] as const
/**
 * The name of a part of Mixpanel's API.
 * @since 0.1.0
 * @category models
 */
export type ApiFamily = (typeof apiFamilies)[number]

/**
 * Addresses that replace Mixpanel's own.
 * @since 0.1.0
 * @category models
 */
export interface EndpointOverrides {
  /** `MP_API_BASE_URL`: re-homes every family and OAuth. */
  readonly api: Option.Option<BaseUrl>
  /** `MP_APP_BASE_URL`: re-homes the `app` family alone. */
  readonly app: Option.Option<BaseUrl>
}

/**
 * No overrides: Mixpanel's own addresses.
 * @since 0.1.0
 * @category utilities
 */
export const noOverrides: EndpointOverrides = { api: Option.none(), app: Option.none() }

/**
 * An address that a credential may be sent to: `https:`, or a loopback host. Without a trailing slash.
 * @since 0.1.0
 * @category models
 */
export type BaseUrl = string & Brand.Brand<"BaseUrl">

/**
 * The variables that replace addresses.
 * @since 0.1.0
 * @category utilities
 */
export const overrideVariables = ["MP_API_BASE_URL", "MP_APP_BASE_URL"] as const
/**
 * The name of a variable that replaces addresses.
 * @since 0.1.0
 * @category models
 */
export type OverrideVariable = (typeof overrideVariables)[number]

/**
 * An override that is set.
 * @since 0.1.0
 * @category models
 */
export interface SetOverride {
  readonly variable: OverrideVariable
  readonly address: BaseUrl
}

/**
 * The overrides that send credentials to another machine: these are told to whoever uses a stored one.
 * @since 0.1.0
 * @category utilities
 */
export const remoteOverrides = ({ api, app }: EndpointOverrides): ReadonlyArray<SetOverride> =>
  [
    ...Option.toArray(api).map((address) => ({ variable: "MP_API_BASE_URL", address }) as const),
    ...Option.toArray(app).map((address) => ({ variable: "MP_APP_BASE_URL", address }) as const)
  ].filter(({ address }) => !isLoopback(new URL(address).hostname))

const hosts = ["web", "data", "api"] as const
type Host = (typeof hosts)[number]

interface Place {
  readonly host: Host
  readonly path: string
  readonly endpoints?: ReadonlyArray<string>
}

const layout: Record<ApiFamily, Place> = {
  query: { host: "web", path: "/api/query" },
  export: { host: "data", path: "/api/2.0" },
  engage: { host: "web", path: "/api/query", endpoints: ["/engage"] },
  app: { host: "web", path: "/api/app" },
  gdpr: { host: "web", path: "/api/app", endpoints: ["/data-retrievals/v3.0", "/data-deletions/v3.0"] },
  pipelines: { host: "data", path: "/api/2.0/nessie/pipeline" },
  import: { host: "api", path: "", endpoints: ["/import"] },
  track: { host: "api", path: "", endpoints: ["/track"] },
  profiles: { host: "api", path: "", endpoints: ["/engage", "/groups"] },
  oauth: { host: "web", path: "/oauth" }
}

const appFamilies: ReadonlyArray<ApiFamily> = ["app", "gdpr"]

/**
 * The base URL of a family in a region, without a trailing slash and without an endpoint.
 *
 * @example
 * ```ts
 * Endpoints.baseUrl("query", "eu", Endpoints.noOverrides) // https://eu.mixpanel.com/api/query
 * ```
 * @since 0.1.0
 * @category utilities
 */
export const baseUrl = (family: ApiFamily, region: Region, overrides: EndpointOverrides): string =>
  rootUrl(family, region, overrides) + layout[family].path

/**
 * The part of a family's base URL before its API path: what a path such as `/api/app/me` is rooted at.
 * @since 0.1.0
 * @category utilities
 */
export const rootUrl = (family: ApiFamily, region: Region, overrides: EndpointOverrides): string => {
  const override = appFamilies.includes(family) ? Option.orElse(overrides.app, () => overrides.api) : overrides.api
  return Option.getOrElse(override, () => `https://${hostname(layout[family].host, region)}`)
}

const hostname = (host: Host, region: Region): string => {
  if (host === "web") return region === "us" ? "mixpanel.com" : `${region}.mixpanel.com`
  return region === "us" ? `${host}.mixpanel.com` : `${host}-${region}.mixpanel.com`
}

/**
 * The region whose host stands in a text: alone, with a port, or in an address; `None` for the hosts of others.
 * @since 0.1.0
 * @category utilities
 */
export const regionOfHost = (text: string): Option.Option<Region> => {
  const address = /^[a-z]+:\/\//i.test(text.trim()) ? text : `https://${text.trim()}`
  const name = parseUrl(address)?.hostname.replace(/^www\.|\.$/g, "")
  return Option.fromNullable(regions.find((region) => hosts.some((host) => hostname(host, region) === name)))
}

/**
 * All origins that a credential of this region may be sent to.
 * @since 0.1.0
 * @category utilities
 */
export const allowedOrigins = (region: Region, overrides: EndpointOverrides): ReadonlySet<string> =>
  new Set(apiFamilies.map((family) => new URL(rootUrl(family, region, overrides)).origin))

/**
 * The family that a host-rooted path belongs to, by its longest matching prefix.
 * @since 0.1.0
 * @category utilities
 */
export const familyOfPath = (path: string): Option.Option<ApiFamily> => {
  const longest = prefixes().find(([prefix]) => path === prefix || path.startsWith(`${prefix}/`))
  return Option.map(Option.fromNullable(longest), ([, family]) => family)
}

const prefixesOf = (family: ApiFamily) => {
  const { endpoints = [""], path } = layout[family]
  return endpoints.map((endpoint) => [path + endpoint, family] as const)
}

/** mixpanel_headless's address of the engage API; Mixpanel answers on both. */
const legacyEngage = ["/api/2.0/engage", "engage"] as const

const prefixes = lazy(() => [...apiFamilies.flatMap(prefixesOf), legacyEngage].sort(([a], [b]) => b.length - a.length))

/**
 * Checks an override: an absolute URL, `https:` or loopback, with nothing but an origin and a path.
 * @since 0.1.0
 * @category constructors
 */
export const parseBaseUrl = (variable: string, text: string): Either.Either<BaseUrl, ConfigError> => {
  const refuse = (why: string) =>
    new ConfigError({
      message: `${variable} ${why}, so no credential is sent there.`,
      hints: [command`unset ${variable}`],
      details: { variable }
    })
  const fault = addressFault(text)
  if (fault !== null) return Either.left(refuse(fault))
  const url = new URL(text)
  if (url.search !== "" || url.hash !== "") return Either.left(refuse("contains a query or a fragment"))
  return Either.right(asBaseUrl(url))
}

/**
 * What keeps credentials from an address, as a phrase; `null` where they may be sent there.
 * @since 0.1.0
 * @category utilities
 */
export const addressFault = (text: string): string | null => {
  const url = parseUrl(text)
  if (url === null) return "is not an absolute URL"
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname))) {
    return "is neither https: nor a loopback address"
  }
  return url.username !== "" || url.password !== "" ? "contains a user name or password" : null
}

const asBaseUrl = (url: URL): BaseUrl =>
  Brand.nominal<BaseUrl>()(`${url.origin}${withoutTrailingSlashes(url.pathname)}`)

/**
 * A path without the slashes at its end; an expression that looks for these takes the square of their number.
 * @since 0.1.0
 * @category utilities
 */
export const withoutTrailingSlashes = (path: string): string => {
  let end = path.length
  while (path.charAt(end - 1) === "/") end -= 1
  return path.slice(0, end)
}

/**
 * Whether a host name (as in a parsed URL) always means this machine.
 * @since 0.1.0
 * @category utilities
 */
export const isLoopback = (hostname: string): boolean =>
  hostname === "localhost" || hostname === "[::1]" || /^127(\.[0-9]{1,3}){3}$/.test(hostname)
