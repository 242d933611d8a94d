import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import type { ApiFamily } from "../../domain/api/Endpoints.ts"
import { bodyReason, isNeverSent, networkReason, timedOut } from "../../domain/api/NetworkReason.ts"
import { BodyTooLong } from "../../domain/api/TransportProblem.ts"
import { OAuthRequestFailed } from "../../domain/oauth/OAuthError.ts"
import type { RawResponse } from "../../domain/oauth/TokenResponse.ts"
import { gatherBeginning, maxOAuthBytes, legibleText } from "../api/http/gather.ts"
import { observed } from "../api/http/observed.ts"
import { retryAfterOf } from "../api/http/retryAfter.ts"
import { isSuccess } from "../../domain/api/RetryPolicy.ts"
import { disconnectedWithin } from "../api/http/deadline.ts"

export const tokenDeadlineMillis = 15_000

/** No answer arrived, or none that can be read. Whether the server acted on the request is not known. */
export const unanswered = (reason: string) => new OAuthRequestFailed({ reason, temporary: true })

/**
 * Sends a request and reads the whole answer, whatever its status, within the deadline: the one thing that may
 * cut it short where the caller does not let itself be interrupted.
 */
export const ask = (
  client: HttpClient.HttpClient,
  request: HttpClientRequest.HttpClientRequest,
  { family, maxBytes }: { readonly family: ApiFamily; readonly maxBytes: number } = oauth
): Effect.Effect<RawResponse, OAuthRequestFailed> =>
  Effect.suspend(() =>
    observed(
      { family, method: request.method, url: new URL(request.url), resends: 0 },
      exchanged(client, request, maxBytes)
    )
  )

const oauth = { family: "oauth", maxBytes: maxOAuthBytes } as const

const exchanged = (client: HttpClient.HttpClient, request: HttpClientRequest.HttpClientRequest, maxBytes: number) =>
  withManualRedirects(client)
    .execute(request)
    .pipe(
      Effect.mapError((error) =>
        isNeverSent(error)
          ? new OAuthRequestFailed({ reason: networkReason(error), temporary: true, isSent: false })
          : unanswered(networkReason(error))
      ),
      Effect.flatMap((response) => readAnswer(response, maxBytes)),
      disconnectedWithin(tokenDeadlineMillis, () => unanswered(timedOut(tokenDeadlineMillis)))
    )

/** A redirect of the token endpoint is never followed anywhere, and nothing of the request reaches a span. */
const withManualRedirects = (client: HttpClient.HttpClient): HttpClient.HttpClient =>
  HttpClient.withTracerDisabledWhen(client, () => true).pipe(
    HttpClient.transformResponse(Effect.provideService(FetchHttpClient.RequestInit, { redirect: "manual" }))
  )

/** Of a longer answer, what fits: the tokens in it may be whole. One that refuses is no answer then. */
const readAnswer = (response: HttpClientResponse.HttpClientResponse, maxBytes: number) =>
  Effect.gen(function* () {
    const { status } = response
    const retryAfter = yield* retryAfterOf(response)
    const bytes = yield* Effect.mapError(gatherBeginning(response, maxBytes + 1), (error) =>
      unanswered(bodyReason(error))
    )
    const answer = { status, location: response.headers["location"], body: legibleText(bytes), retryAfter }
    if (bytes.length <= maxBytes) return answer
    const cut = bodyReason(new BodyTooLong({ maxBytes }))
    return isSuccess(status) ? { ...answer, cut } : yield* unanswered(cut)
  })
