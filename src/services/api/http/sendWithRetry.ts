import type * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import type * as Tracer from "effect/Tracer"
import type { ApiFamily } from "../../../domain/api/Endpoints.ts"
import { NetworkFailed, type RequestError, UnexpectedResponse } from "../../../domain/api/ApiError.ts"
import { isLasting, isUnsent, networkReason, timedOut } from "../../../domain/api/NetworkReason.ts"
import { type PlainHeaders, requestHeaders, reservedHeaders } from "../../../domain/api/RequestHeaders.ts"
import { resolveRedirect, resolveUrl, summarize, type UrlScope } from "../../../domain/api/RequestUrl.ts"
import {
  backoffCap,
  isIdempotent,
  maxRedirects,
  nextStep,
  type Progress,
  type Replay,
  retriesTransport
} from "../../../domain/api/RetryPolicy.ts"
import { shown } from "../../../domain/api/Scrub.ts"
import { requestRetried } from "../../platform/metrics.ts"
import { discard } from "./body.ts"
import { withManualRedirects } from "./manualRedirects.ts"
import type { Credential, Presented } from "./Credential.ts"
import { withDeadline } from "./deadline.ts"
import { attempted } from "./AttemptListener.ts"
import { type Observable, observed } from "./observed.ts"
import { retryAfterOf } from "./retryAfter.ts"

export interface RequestContext {
  readonly family: ApiFamily
  readonly transport: HttpClient.HttpClient
  readonly room: UrlScope
  readonly credential: Credential
  readonly headers: PlainHeaders
  readonly headerSecrets: ReadonlyArray<string>
  readonly timeoutMillis: number
  /** Whether each request may be sent twice, whatever its method. */
  readonly idempotent: boolean
  /** Whether redirects and passing failures are for somebody else to judge, who asked for the request. */
  readonly isRelay: boolean
}

export interface Received {
  readonly response: HttpClientResponse.HttpClientResponse
  readonly url: URL
  readonly secrets: ReadonlyArray<string>
  readonly retryAfter: Option.Option<number>
}

type Request = HttpClientRequest.HttpClientRequest

interface Attempt extends Progress {
  readonly request: Request
  readonly replay: Replay
  readonly url: URL
  /** Secrets of earlier attempts: a later answer may quote them too. */
  readonly spent: ReadonlyArray<string>
  readonly span: Tracer.Span
}

export const sendWithRetry = (
  channel: RequestContext,
  request: Request,
  span: Tracer.Span
): Effect.Effect<Received, RequestError> =>
  Either.match(resolveUrl(request.url, channel.room), {
    onLeft: (refused) => Effect.fail(refused),
    onRight: (url) =>
      attempt(channel, {
        request,
        replay: {
          idempotent: channel.idempotent || isIdempotent(request.method),
          replayable: isReplayable(request),
          renewable: channel.credential.renewable
        },
        url,
        spent: channel.headerSecrets,
        span,
        retries: 0,
        redirects: 0,
        reauthenticated: false
      })
  })

const attempt = (channel: RequestContext, current: Attempt): Effect.Effect<Received, RequestError> =>
  Effect.flatMap(presentIn(channel.credential, current.span), (presented) =>
    Effect.matchEffect(observed(observable(channel, current), transmit(channel, signed(channel, current, presented))), {
      onFailure: (silence) => onTransportError(channel, current, silence),
      onSuccess: (response) =>
        Effect.zipRight(
          Effect.logDebug(`${current.request.method} ${current.url.origin}${current.url.pathname}: ${response.status}`),
          onResponse(channel, current, presented, response)
        )
    })
  )

/** Looking a bearer up may have spans of its own, which belong below the request's. */
const presentIn = ({ present, renewable }: Credential, span: Tracer.Span): Credential["present"] =>
  renewable ? Effect.withParentSpan(present, span) : present

const observable = ({ family }: RequestContext, current: Attempt): Observable => ({
  family,
  method: current.request.method,
  url: current.url,
  resends: current.retries + current.redirects + (current.reauthenticated ? 1 : 0),
  parent: current.span
})

class Silence extends Data.Error<{
  readonly message: string
  readonly isLasting: boolean
  readonly isUnsent: boolean
}> {}

/** The response, or a phrase that says why there is none; the transport's own error holds the credential. */
const transmit = (channel: RequestContext, request: Request) =>
  Effect.mapError(
    channel.transport.execute(request),
    (error) => new Silence({ message: networkReason(error), isLasting: isLasting(error), isUnsent: isUnsent(error) })
  ).pipe(
    withDeadline(
      channel.timeoutMillis,
      () => new Silence({ message: timedOut(channel.timeoutMillis), isLasting: false, isUnsent: false }),
      withManualRedirects
    )
  )

const signed = (channel: RequestContext, { redirects, request, url }: Attempt, presented: Presented): Request => {
  const headers = requestHeaders(channel.headers, request.headers, presented.authorization)
  // A URL object brings its own query instead of the request's parameters; a string keeps them.
  return HttpClientRequest.setUrl(withHeaders(request, headers), redirects === 0 ? url.href : url)
}

/** Setting headers adds to those that are there; where one of the caller's has to go, the request is made anew. */
const withHeaders = (request: Request, headers: PlainHeaders): Request => {
  const kept = Object.keys(request.headers).some((name) => reservedHeaders.has(name))
    ? HttpClientRequest.make(request.method)(request.url).pipe(
        HttpClientRequest.setUrlParams(request.urlParams),
        HttpClientRequest.setBody(request.body)
      )
    : request
  return HttpClientRequest.setHeaders(kept, headers)
}

const onTransportError = (channel: RequestContext, current: Attempt, { isLasting, isUnsent, message }: Silence) =>
  Effect.zipRight(
    attempted({ status: null, isSent: !isUnsent, retryAfter: Option.none() }),
    !isLasting && !channel.isRelay && retriesTransport(current.replay, current)
      ? retry(channel, current, Option.none(), message)
      : new NetworkFailed({ ...summarize(current.request.method, current.url), reason: message })
  )

const onResponse = (
  channel: RequestContext,
  current: Attempt,
  presented: Presented,
  response: HttpClientResponse.HttpClientResponse
): Effect.Effect<Received, RequestError> => {
  const { status } = response
  const secrets = () => [...current.spent, ...presented.secrets]
  if (status < 300) {
    const received = { response, url: current.url, secrets: secrets(), retryAfter: Option.none() }
    return Effect.as(attempted({ status, isSent: true, retryAfter: Option.none() }), received)
  }
  const told = Effect.tap(retryAfterOf(response), (retryAfter) => attempted({ status, isSent: true, retryAfter }))
  return Effect.flatMap(told, (retryAfter) => {
    const next = { ...current, spent: secrets() }
    const delivered = Effect.succeed({ response, url: current.url, secrets: next.spent, retryAfter })
    const step = nextStep({ status, retryAfter }, current.replay, current)
    if (channel.isRelay && step._tag !== "Reauthenticate") return delivered
    switch (step._tag) {
      case "Deliver":
        return delivered
      case "Redirect":
        return redirect(channel, next, response)
      case "Retry":
        return Effect.zipRight(discard(response), retry(channel, next, step.after, `status ${status}`))
      case "Reauthenticate":
        return reauthenticate(channel, next, presented, response, delivered)
    }
  })
}

const retry = (channel: RequestContext, current: Attempt, after: Option.Option<number>, why: string) =>
  Effect.flatMap(Option.match(after, { onNone: () => backoff(current.retries), onSome: Effect.succeed }), (millis) =>
    Effect.logDebug(`Sending the request again in ${Math.round(millis)} ms: ${why}`).pipe(
      Effect.zipRight(Effect.sleep(millis)),
      Effect.zipRight(requestRetried(channel.family)),
      Effect.zipRight(Effect.suspend(() => attempt(channel, { ...current, retries: current.retries + 1 })))
    )
  )

/** In whole milliseconds: a `TestClock` cannot tell the time in nanoseconds after a part of one. */
const backoff = (retries: number): Effect.Effect<number> =>
  Effect.map(Random.nextRange(0, backoffCap(retries)), Math.round)

const reauthenticate = (
  channel: RequestContext,
  current: Attempt,
  presented: Presented,
  response: HttpClientResponse.HttpClientResponse,
  delivered: Effect.Effect<Received>
): Effect.Effect<Received, RequestError> =>
  Effect.flatMap(
    Option.match(presented.bearer, { onNone: () => Effect.succeed(false), onSome: channel.credential.refused }),
    (another) =>
      another ? Effect.zipRight(discard(response), attempt(channel, { ...current, reauthenticated: true })) : delivered
  ).pipe(Effect.withParentSpan(current.span))

const redirect = (channel: RequestContext, current: Attempt, response: HttpClientResponse.HttpClientResponse) => {
  const { method } = current.request
  const target = resolveRedirect(current.url, response.headers["location"])
  const unexpected = (reason: string) =>
    Effect.zipRight(
      discard(response),
      new UnexpectedResponse({
        ...summarize(method, current.url),
        status: response.status,
        reason: shown(reason, current.spent)
      })
    )
  if (Either.isLeft(target)) return unexpected(target.left)
  if (method !== "GET" && method !== "HEAD") {
    return unexpected(`a redirect to ${target.right.origin}, which is not followed for ${method}`)
  }
  if (current.redirects >= maxRedirects) return unexpected(`more than ${maxRedirects} redirects`)
  return Effect.zipRight(
    discard(response),
    attempt(channel, { ...current, url: target.right, redirects: current.redirects + 1 })
  )
}

/** Bodies that are used up by sending cannot be sent again. */
const isReplayable = ({ body }: Request): boolean =>
  body._tag === "Empty" || body._tag === "Uint8Array" || body._tag === "FormData" || isText(body)

const isText = (body: Request["body"]): boolean => body._tag === "Raw" && typeof body.body === "string"
