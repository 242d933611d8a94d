import * as HttpClient from "@effect/platform/HttpClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { over } from "./Engine.ts"
import { throughIn } from "./loaded.ts"
import { direct } from "./nodeHttp.ts"
import { proxyVariables } from "./proxyVariables.ts"

/**
 * `HttpClient` over the `node:http` client of `@effect/platform-node`, which follows no redirect and is there at a
 * quarter of what undici costs to load. A request that goes through a proxy is sent by undici, which is loaded then
 * and only then; `UndiciHttp` says which those are. Connections are closed with the layer.
 *
 * @example
 * ```ts
 * MixpanelHttpClient.layer.pipe(Layer.provide(CommandHttp.layer))
 * ```
 */
export const layer: Layer.Layer<HttpClient.HttpClient> = Layer.scoped(
  HttpClient.HttpClient,
  Effect.gen(function* () {
    const client = yield* direct
    return over({ direct: Effect.succeed(client), through: throughIn(yield* Effect.scope) }, yield* proxyVariables)
  })
)
