/**
 * `OAuthFlow` over HTTP, a browser and a listener. Apart from its tag, so that whoever only names the service
 * does not load what it is made of.
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { isInvalidGrant } from "../../domain/oauth/TokenResponse.ts"
import { refreshEnded, timed } from "../platform/metrics.ts"
import { Browser } from "./Browser.ts"
import { CallbackListener } from "./CallbackListener.ts"
import { ClientStore } from "./ClientStore.ts"
import { OAuthFlow } from "./OAuthFlow.ts"
import { Crypto } from "../platform/Crypto.ts"
import { finish, start } from "./authorization.ts"
import { logIn } from "./login.ts"
import { whoIs } from "./whoIs.ts"
import { refreshTokens, revokeTokens } from "./tokenRequests.ts"

const make = Effect.gen(function* () {
  const http = yield* HttpClient.HttpClient
  const clients = yield* ClientStore
  const deps = {
    http,
    clients,
    browser: yield* Browser,
    listener: yield* CallbackListener,
    crypto: yield* Crypto
  }
  return OAuthFlow.of({
    start: (request) => Effect.withSpan(start(deps, request), "OAuthFlow.start", { captureStackTrace: false }),
    finish: (pending, callbackUrl) =>
      Effect.withSpan(finish(deps, pending, callbackUrl), "OAuthFlow.finish", { captureStackTrace: false }),
    login: (request) => Effect.withSpan(logIn(deps, request), "OAuthFlow.login", { captureStackTrace: false }),
    refresh: (region, tokens, beforeSending) =>
      Effect.withSpan(counted(refreshTokens(http, clients, region, tokens, beforeSending)), "OAuthFlow.refresh", {
        captureStackTrace: false
      }),
    whoIs: (region, token) => whoIs(http, region, token),
    revoke: (region, tokens) =>
      Effect.withSpan(revokeTokens(http, clients, region, tokens), "OAuthFlow.revoke", { captureStackTrace: false })
  })
})

const counted = (refresh: ReturnType<typeof refreshTokens>) =>
  timed((watch) =>
    Effect.tapBoth(refresh, {
      onSuccess: () => refreshEnded("success", watch),
      onFailure: (error) =>
        refreshEnded(error._tag === "OAuthRequestFailed" && isInvalidGrant(error) ? "invalid_grant" : "failure", watch)
    })
  )

/**
 * `OAuthFlow` over any `HttpClient`, a browser and a listener.
 *
 * @example
 * ```ts
 * const oauthFlow = Layers.oauthFlow.pipe(Layer.provide(layer))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<
  OAuthFlow,
  never,
  HttpClient.HttpClient | ClientStore | Browser | CallbackListener | Crypto
> = Layer.effect(OAuthFlow, make)
