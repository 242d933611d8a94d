import * as HttpClient from "@effect/platform/HttpClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { over } from "./Engine.ts"
import { directIn, throughIn } from "./loaded.ts"
import { proxyVariables } from "./proxyVariables.ts"

/**
 * `HttpClient` over the undici client of `@effect/platform-node`, which follows no redirect; through a proxy where
 * `HTTPS_PROXY`, `HTTP_PROXY` or `ALL_PROXY` (or their lower-case forms, which come first) name one and `NO_PROXY`
 * does not except the host. The variables are read when the layer is built; undici is loaded with the first request.
 * In a bundle of ES modules, where it cannot be loaded, requests go over `node:http`, and none through a proxy.
 * Private authorities are trusted through `NODE_EXTRA_CA_CERTS`. All programs of a process share the connections.
 *
 * @example
 * ```ts
 * Layers.mixpanelHttpClient.pipe(Layer.provide(nodeHttpClient))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<HttpClient.HttpClient> = Layer.scoped(
  HttpClient.HttpClient,
  Effect.gen(function* () {
    const scope = yield* Effect.scope
    return over({ direct: yield* directIn(scope), through: throughIn(scope) }, yield* proxyVariables)
  })
)
