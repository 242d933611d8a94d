import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { ProxyAddress } from "../../../domain/api/ProxyAddress.ts"
import { ProxyProblem } from "../../../domain/api/TransportProblem.ts"
import { DecodedResponse } from "./decoded.ts"
import { prepared } from "./prepared.ts"
import { hasProxy, proxyFor, type ProxyVariables } from "./proxyFor.ts"
import { parseUrl } from "../../../domain/internal/parseUrl.ts"
import { userAgent } from "../../../domain/api/RequestHeaders.ts"

/** Two clients of the platform: made when a request first needs them. */
export interface Engine {
  readonly direct: Effect.Effect<HttpClient.HttpClient>
  readonly through: (proxy: ProxyAddress) => Effect.Effect<HttpClient.HttpClient>
}

/** A client over an engine: goes the way that the variables say, and hands out bodies without their codings. */
export const over = (engine: Engine, variables: ProxyVariables): HttpClient.HttpClient =>
  HttpClient.makeWith(
    (asked: Effect.Effect<HttpClientRequest.HttpClientRequest>) =>
      Effect.flatMap(asked, (request) =>
        Effect.flatMap(prepared(request), (ready) =>
          Effect.flatMap(clientFor(engine, variables, ready), (client) => client.execute(ready))
        )
      ).pipe(Effect.map((response) => new DecodedResponse(response))),
    Effect.succeed
  )

const clientFor = (engine: Engine, variables: ProxyVariables, request: HttpClientRequest.HttpClientRequest) => {
  const url = hasProxy(variables) ? parseUrl(request.url) : null
  // An address that is none is refused by the engine itself.
  if (url === null) return engine.direct
  return Either.match(proxyFor(url, variables), {
    onLeft: (reason) =>
      Effect.fail(
        new HttpClientError.RequestError({
          request,
          reason: "Transport",
          cause: new ProxyProblem({ reason, isLasting: true })
        })
      ),
    onRight: Option.match({ onNone: () => engine.direct, onSome: engine.through })
  })
}

/** `effect-mixpanel/VERSION (node/VERSION)`. */
export const nodeUserAgent = userAgent(`node/${process.versions.node}`)
