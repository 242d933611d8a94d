/**
 * The network: one `fetch` and one pool of connections for everything that asks for an `HttpClient`.
 * Private authorities are trusted through `NODE_EXTRA_CA_CERTS`, with and without a proxy.
 */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { proxyUnusable } from "../../domain/api/NetworkReason.ts"
import { withScheme } from "../../domain/api/ProxyAddress.ts"
import { variable } from "../../services/environment.ts"
import { isUsableProxy, type ProxySettings } from "./ProxySettings.ts"

/**
 * `HttpClient` over Node's own `fetch`, which follows no redirect; through a proxy where `HTTPS_PROXY`,
 * `HTTP_PROXY` or `ALL_PROXY` (or their lower-case forms, which come first) name one and `NO_PROXY` does
 * not except the host. The variables are read when the layer is built. Without them nothing but `fetch` is
 * loaded.
 *
 * @example
 * ```ts
 * MixpanelHttpClient.layer.pipe(Layer.provide(HttpTransport.layer))
 * ```
 */
export const layer: Layer.Layer<HttpClient.HttpClient> = Layer.unwrapScoped(
  Effect.map(
    Effect.suspend(() => proxySettings),
    Option.match({ onNone: () => direct, onSome: (settings) => direct.pipe(Layer.provide(proxied(settings))) })
  )
)

const direct: Layer.Layer<HttpClient.HttpClient> = FetchHttpClient.layer.pipe(
  Layer.provide(Layer.succeed(FetchHttpClient.RequestInit, { redirect: "manual" }))
)

/** `fetch` with a proxy. A variable that is no address fails the requests, by name, and not the program. */
const proxied = (settings: ProxySettings): Layer.Layer<FetchHttpClient.Fetch> =>
  isUsableProxy(settings)
    ? Layer.scoped(
        FetchHttpClient.Fetch,
        Effect.flatMap(
          Effect.promise(() => import("./proxyFetch.ts")),
          ({ proxyFetch }) => proxyFetch(settings)
        )
      )
    : Layer.succeed(FetchHttpClient.Fetch, () => Promise.reject(unusable))

const unusable = Object.assign(new Error("a proxy variable is not an address"), { code: proxyUnusable })

const proxySettings: Effect.Effect<Option.Option<ProxySettings>> = Effect.gen(function* () {
  const all = yield* either("all_proxy", "ALL_PROXY")
  const https = Option.orElse(yield* either("https_proxy", "HTTPS_PROXY"), () => all)
  const http = Option.orElse(yield* either("http_proxy", "HTTP_PROXY"), () => all)
  const except = yield* either("no_proxy", "NO_PROXY")
  return Option.isNone(https) && Option.isNone(http)
    ? Option.none()
    : Option.some({
        https: Option.getOrElse(Option.map(https, withScheme), () => ""),
        http: Option.getOrElse(Option.map(http, withScheme), () => ""),
        except: Option.getOrElse(except, () => "")
      })
})

const either = (first: string, second: string): Effect.Effect<Option.Option<string>> =>
  Effect.flatMap(variable(first), (found) => (Option.isSome(found) ? Effect.succeed(found) : variable(second)))
