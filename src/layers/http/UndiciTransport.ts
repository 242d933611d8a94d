/**
 * The network over undici's own dispatch: a third of what `fetch` costs for each request. For programs that send many;
 * undici is loaded with the first. Private authorities are trusted through `NODE_EXTRA_CA_CERTS`.
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type { Dispatcher } from "undici"
import { type AgentFor, throughProxy, withoutProxy } from "./Agents.ts"
import type { ProxySettings } from "./ProxySettings.ts"
import { proxySettings } from "./proxyVariables.ts"
import { contentOf, type RequestContent } from "./RequestContent.ts"
import { Reception } from "./Reception.ts"
import { soon } from "../soon.ts"
import { UndiciResponse } from "./UndiciResponse.ts"

/**
 * `HttpClient` over undici, which follows no redirect; through a proxy where `HTTPS_PROXY`, `HTTP_PROXY` or
 * `ALL_PROXY` (or their lower-case forms, which come first) name one and `NO_PROXY` does not except the
 * host. The variables are read when the layer is built. All programs of a process share the connections.
 *
 * @example
 * ```ts
 * MixpanelHttpClient.layer.pipe(Layer.provide(UndiciTransport.layer))
 * ```
 */
export const layer: Layer.Layer<HttpClient.HttpClient> = Layer.scoped(
  HttpClient.HttpClient,
  Effect.flatMap(
    Effect.suspend(() => proxySettings),
    Option.match({ onNone: () => Effect.succeed(over(withoutProxy)), onSome: (settings) => through(settings) })
  )
)

/** A client whose connections go through the proxies. */
export const through = (settings: ProxySettings): Effect.Effect<HttpClient.HttpClient, never, Scope.Scope> =>
  Effect.map(throughProxy(settings), over)

const over = (agentFor: AgentFor): HttpClient.HttpClient =>
  HttpClient.make((request, url, signal) =>
    Effect.flatMap(
      soon(() => agentFor(url), identity),
      (agent) => Effect.flatMap(contentOf(request), (content) => send({ agent, content, request, signal, url }))
    ).pipe(Effect.mapError((cause) => new HttpClientError.RequestError({ request, reason: "Transport", cause })))
  )

interface Sending {
  readonly agent: Dispatcher
  readonly content: RequestContent
  readonly request: HttpClientRequest.HttpClientRequest
  /** Aborted when nobody reads the answer any more. */
  readonly signal: AbortSignal
  readonly url: URL
}

const send = ({ agent, content, request, signal, url }: Sending): Effect.Effect<UndiciResponse, unknown> =>
  Effect.async((resume) => {
    const reception = new Reception({
      onAnswer: (status, headers, body) => {
        signal.addEventListener("abort", () => body.cancel())
        resume(Effect.succeed(new UndiciResponse(request, status, headers, body)))
      },
      onFailure: (error) => resume(Effect.fail(error))
    })
    agent.dispatch(
      { ...content, origin: url.origin, path: `${url.pathname}${url.search}`, method: request.method },
      reception
    )
    return Effect.sync(() => reception.giveUp())
  })
