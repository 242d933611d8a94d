import * as Headers from "@effect/platform/Headers"
import * as HttpClient from "@effect/platform/HttpClient"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import type { ApiError, RequestError } from "../../domain/api/ApiError.ts"
import { sessionHeaders, userAgent } from "../../domain/api/RequestHeaders.ts"
import { urlRoom } from "../../domain/api/RequestUrl.ts"
import { apiFamilies, type ApiFamily, allowedOrigins, baseUrl, rootUrl } from "../../domain/api/Endpoints.ts"
import { type ConfigError, InvalidArgument } from "../../domain/errors.ts"
import type { StorageError } from "../../domain/storage/StorageError.ts"
import { type Caller, type CallerFacts, factsOf } from "../../domain/session/Caller.ts"
import type { Session } from "../../domain/session/Session.ts"
import { endpointOverrides } from "../platform/environment.ts"
import { readBeginning } from "./http/body.ts"
import { credentialFor } from "./http/Credential.ts"
import { type RequestContext, type Received, sendWithRetry } from "./http/sendWithRetry.ts"
import { SafeResponse } from "./http/SafeResponse.ts"
import { forProgram } from "../session/forProgram.ts"
import { reportOverrides } from "./OverrideListener.ts"
import { ProjectCredentials } from "./ProjectCredentials.ts"
import { StaticCredentials } from "../tokens/StaticCredentials.ts"
import { TokenResolver } from "../tokens/TokenResolver.ts"
import { isSuccess } from "../../domain/api/RetryPolicy.ts"

/** What relative URLs are joined to: the family's base (`/me`), or the host in front of it (`/api/app/me`). */
type RootedAt = "family" | "host"

/**
 * What a request may say besides its address and body.
 * @since 0.1.0
 * @category models
 */
export interface RequestOptions {
  /** `family` unless given. */
  readonly rootedAt?: RootedAt
  /** The secret of the session's project, for families that take one: it goes before what this machine holds. */
  readonly projectSecret?: Redacted.Redacted
  /** Whether a request may be sent twice, whatever its method: then failures that pass are waited out as for `GET`. */
  readonly idempotent?: boolean
}

/**
 * An answer for somebody who does not know the credential, and what of it must not be shown.
 * @since 0.1.0
 * @category models
 */
export interface RelayedResponse {
  readonly response: HttpClientResponse.HttpClientResponse
  /** What the request carried: a server that repeats its requests repeats these. */
  readonly secrets: ReadonlyArray<Redacted.Redacted>
}

/**
 * What `MixpanelHttpClient` offers.
 * @since 0.1.0
 * @category services
 */
export interface MixpanelHttpClientShape {
  /**
   * A client for one API family on behalf of a session, or of a caller that has none. A request's URL is relative to the family's base
   * (`/segmentation`), or absolute on one of the region's own origins; any other is an `InvalidArgument`
   * before a credential is looked at. Answers with 2xx responses, their bodies unread; every other status
   * is an error. Connections are shared by all clients, whatever their session.
   *
   * A body fails with our errors too: `NetworkFailed` where it breaks off, `UnexpectedResponse` where it is not what is asked
   * for (`json`), or longer than 64 MiB where it is gathered; the platform's types say `ResponseError` for either.
   *
   * Passing failures are retried up to 3 times (429 for any method; 5xx and failures of the network for
   * GET, HEAD, PUT, DELETE and OPTIONS, or with `idempotent`), a refused bearer is replaced once. An attempt may take 120 s until
   * its response begins, 600 s for `export`. Hosts and project keys are read when the client is made,
   * bearers at every attempt.
   *
   * @example
   * ```ts
   * const client = yield* mixpanel.forSession(session, "query")
   * const response = yield* client.get("/segmentation", { urlParams: { event: "Login" } })
   * ```
   */
  readonly forSession: (
    caller: Caller,
    family: ApiFamily,
    options?: RequestOptions
  ) => Effect.Effect<HttpClient.HttpClient.With<RequestError>, ConfigError | StorageError>

  /**
   * One request in the same way, but with the last response as received, whatever its status: for callers
   * that show a failure's body. What has no response to show (no answer, no credential, a redirect that is
   * not followed) fails as above.
   *
   * @example
   * ```ts
   * const response = yield* mixpanel.send(session, "app", HttpClientRequest.get("/api/app/me"), { rootedAt: "host" })
   * ```
   */
  readonly send: (
    session: Session,
    family: ApiFamily,
    request: HttpClientRequest.HttpClientRequest,
    options?: RequestOptions
  ) => Effect.Effect<HttpClientResponse.HttpClientResponse, RequestError>

  /**
   * Sends requests of somebody else with the session's credential: once, but for a refused bearer, which is replaced
   * once where the body can be sent again. Redirects are not followed, and passing failures not waited out: whoever asked
   * gets the answer as it came, whatever its status. URLs are rooted at the host.
   *
   * @example
   * ```ts
   * const send = yield* mixpanel.relay(session, "app")
   * const { response, secrets } = yield* send(HttpClientRequest.get("/api/app/me"))
   * ```
   */
  readonly relay: (
    session: Session,
    family: ApiFamily
  ) => Effect.Effect<
    (request: HttpClientRequest.HttpClientRequest) => Effect.Effect<RelayedResponse, RequestError>,
    ConfigError | StorageError
  >

  /**
   * The body of a successful answer as it arrives, decoded (gzip, deflate, br), never gathered. Nothing is read that is
   * not asked for, and whoever stops early, or is interrupted, closes the connection. What goes wrong before the body
   * fails as with `forSession`; a body that breaks off is a `NetworkFailed`.
   *
   * @example
   * ```ts
   * const request = HttpClientRequest.get("/export", { urlParams: { from_date: "2026-01-01", to_date: "2026-01-31" } })
   * yield* Stream.run(mixpanel.stream(session, "export", request), fileSystem.sink("january.ndjson"))
   * ```
   */
  readonly stream: (
    session: Session,
    family: ApiFamily,
    request: HttpClientRequest.HttpClientRequest,
    options?: RequestOptions
  ) => Stream.Stream<Uint8Array, RequestError>
}

/**
 * HTTP for a session: the right host and credential, retries, typed errors.
 * @since 0.1.0
 * @category services
 */
export class MixpanelHttpClient extends Context.Tag("effect-mixpanel/MixpanelHttpClient")<
  MixpanelHttpClient,
  MixpanelHttpClientShape
>() {}

type Needs = HttpClient.HttpClient | TokenResolver | ProjectCredentials

const make = Effect.fnUntraced(function* (agent: string) {
  const transport = yield* HttpClient.HttpClient
  const tokens = yield* TokenResolver
  const statics = yield* StaticCredentials
  const projects = yield* ProjectCredentials
  const open = (caller: Caller, family: ApiFamily, { isRelay = false, ...options }: Opening = {}) => {
    const forCaller = forProgram("account" in caller ? caller.origin : null)
    const opening = Effect.gen(function* () {
      const facts = factsOf(caller)
      if (!apiFamilies.includes(family)) return () => Effect.fail(noFamily)
      const overrides = yield* endpointOverrides
      // Whoever gives the credential with the address needs not be told; a stored one is used where it was not meant for.
      if ("credential" in caller || caller.origin !== "environment") yield* reportOverrides(overrides)
      const root = options.rootedAt === "host" ? rootUrl : baseUrl
      const channel: RequestContext = {
        family,
        transport,
        room: urlRoom(root(family, facts.region, overrides), allowedOrigins(facts.region, overrides)),
        credential: yield* credentialFor(
          { caller, family, projectSecret: options.projectSecret },
          { projects, statics, tokens }
        ),
        headers: sessionHeaders(facts.headers, agent),
        headerSecrets: Object.values(facts.headers).map(Redacted.value).filter(isWorthHiding),
        idempotent: options.idempotent ?? false,
        isRelay,
        timeoutMillis: family === "export" ? 600_000 : 120_000
      }
      const send = sender(channel, facts)
      return <A>(request: HttpClientRequest.HttpClientRequest, finish: Finish<A>) => forCaller(send(request, finish))
    })
    return forCaller(opening)
  }
  return MixpanelHttpClient.of({
    forSession: (caller, family, options) =>
      Effect.map(open(caller, family, options), (send) =>
        HttpClient.makeWith(
          (request: Effect.Effect<HttpClientRequest.HttpClientRequest>) =>
            Effect.flatMap(request, (asked) => send(asked, (delivered) => accepted(factsOf(caller), asked, delivered))),
          Effect.succeed
        )
      ),
    send: (session, family, request, options) =>
      Effect.flatMap(open(session, family, options), (send) =>
        send(request, (received) => Effect.succeed(new SafeResponse(received, request.method, factsOf(session))))
      ),
    relay: (session, family) =>
      Effect.map(
        open(session, family, { rootedAt: "host", isRelay: true }),
        (send) => (request) =>
          send(request, (received) =>
            Effect.succeed({
              response: new SafeResponse(received, request.method, factsOf(session)),
              secrets: received.secrets.map((secret) => Redacted.make(secret))
            })
          )
      ),
    stream: (session, family, request, options) =>
      open(session, family, options).pipe(
        Effect.flatMap((send) => send(request, (received) => accepted(factsOf(session), request, received))),
        Effect.map(({ bytes }) => bytes),
        Stream.unwrap
      )
  })
})

export const layerWith = (agent: string): Layer.Layer<MixpanelHttpClient, never, Needs> =>
  Layer.effect(MixpanelHttpClient, make(agent))

/**
 * `MixpanelHttpClient` over any `HttpClient`, which every request goes through.
 *
 * @example
 * ```ts
 * const mixpanelHttpClient = Layers.mixpanelHttpClient.pipe(Layer.provide(layer))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<MixpanelHttpClient, never, Needs> = layerWith(userAgent())

interface Opening extends RequestOptions {
  readonly isRelay?: boolean
}

type Finish<A> = (received: Received) => Effect.Effect<A, ApiError>

/** Sends requests of one channel, each in a span that says whose it is and what about; its attempts have spans below it. */
const sender = (channel: RequestContext, { account, headers, project }: CallerFacts) => {
  const attributes = {
    "mixpanel.family": channel.family,
    ...(account === null ? {} : { "mixpanel.account": account }),
    ...(project === null ? {} : { "mixpanel.project": project })
  }
  const options = { attributes, captureStackTrace: false }
  const names = Object.keys(headers).map((name) => name.toLowerCase())
  const hideHeaders = names.length === 0 ? identity : hiding(names)
  return <A>(request: HttpClientRequest.HttpClientRequest, finish: Finish<A>) =>
    hideHeaders(
      Effect.useSpan("MixpanelHttpClient.request", options, (span) =>
        Effect.flatMap(sendWithRetry(channel, request, span), finish)
      )
    )
}

/** Has the session's own headers shown as `<redacted>` wherever the platform shows headers. */
const hiding =
  (names: ReadonlyArray<string>) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.locallyWith(effect, Headers.currentRedactedNames, (known) => [...known, ...names])

const accepted = (caller: CallerFacts, request: HttpClientRequest.HttpClientRequest, received: Received) => {
  const response = new SafeResponse(received, request.method, caller)
  return isSuccess(response.status)
    ? Effect.succeed(response)
    : Effect.flatMap(readBeginning(received.response), (body) => Effect.fail(response.refusal(body)))
}

const noFamily = new InvalidArgument({
  message: `The API family (family) must be one of ${apiFamilies.join(", ")}, so nothing was sent.`,
  hints: [],
  details: { path: ["family"] }
})

/** A header value such as `1` or `on` says nothing, and hiding it would riddle every message. */
const isWorthHiding = (value: string): boolean => value.length >= 4
