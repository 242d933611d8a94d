/**
 * The network over Node's own `fetch`: loaded at once, which is what a program that sends one request and ends is
 * after. Private authorities are trusted through `NODE_EXTRA_CA_CERTS`, with and without a proxy.
 */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { ProxySettings } from "./ProxySettings.ts"
import { proxySettings } from "./proxyVariables.ts"

/**
 * `HttpClient` over `fetch`, which follows no redirect; over undici where a variable names a proxy, as
 * `UndiciTransport` reads them, because `fetch` has no proxies. Without them nothing but `fetch` is loaded.
 *
 * @example
 * ```ts
 * MixpanelHttpClient.layer.pipe(Layer.provide(FetchTransport.layer))
 * ```
 */
export const layer: Layer.Layer<HttpClient.HttpClient> = Layer.unwrapEffect(
  Effect.map(
    Effect.suspend(() => proxySettings),
    Option.match({ onNone: () => direct, onSome: (settings) => proxied(settings) })
  )
)

const direct: Layer.Layer<HttpClient.HttpClient> = FetchHttpClient.layer.pipe(
  Layer.provide(Layer.succeed(FetchHttpClient.RequestInit, { redirect: "manual" }))
)

const proxied = (settings: ProxySettings): Layer.Layer<HttpClient.HttpClient> =>
  Layer.scoped(
    HttpClient.HttpClient,
    Effect.flatMap(
      Effect.promise(() => import("./UndiciTransport.ts")),
      ({ through }) => through(settings)
    )
  )
