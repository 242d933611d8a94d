/** An HTTP client without a network, for tests: a function answers, and every request is recorded. */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"

/**
 * A request as it was sent: credentials and query in clear.
 * @since 0.1.0
 * @category testing
 */
export interface ScriptedRequest {
  readonly method: string
  /** With its query. */
  readonly url: string
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  /** As text, gzip undone; `""` where there is none, and for forms with files. */
  readonly body: string
}

/**
 * An answer. A `body` of text or of bytes is sent as it is, and any other as JSON.
 * @since 0.1.0
 * @category testing
 */
export interface ScriptedResponse {
  /** 200 unless given. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/**
 * No answer at all: what the system says when a connection fails, such as `ECONNRESET` or `ENOTFOUND`.
 * @since 0.1.0
 * @category errors
 */
export class ScriptedFailure extends Data.TaggedError("ScriptedFailure")<{ readonly code: string }> {}

/**
 * Answers a request: with a value, or with an effect that may take its time or fail.
 * @since 0.1.0
 * @category testing
 */
export type ScriptedHandler = (
  request: ScriptedRequest
) => ScriptedResponse | Effect.Effect<ScriptedResponse, ScriptedFailure>

/**
 * What has been asked so far.
 *
 * @example
 * ```ts
 * const seen = Effect.flatMap(ScriptedHttp, (http) => http.requests)
 * ```
 * @since 0.1.0
 * @category testing
 */
export class ScriptedHttp extends Context.Tag("effect-mixpanel/ScriptedHttp")<
  ScriptedHttp,
  {
    /** All requests in the order in which they were sent. */
    readonly requests: Effect.Effect<ReadonlyArray<ScriptedRequest>>
    /** Forgets them. */
    readonly clear: Effect.Effect<void>
  }
>() {}

/**
 * Replaces the network (`UndiciTransport.layer`) by a function.
 *
 * @example
 * ```ts
 * const http = ScriptedHttp.layer(({ url }) =>
 *   url.endsWith("/me") ? { body: { results: { user_id: 42 } } } : { status: 404, body: { error: "no such path" } }
 * )
 * // …
 * const { requests } = yield* ScriptedHttp.ScriptedHttp
 * expect((yield* requests)[0]?.headers["authorization"]).toBe("Bearer …")
 * ```
 */
export const layer = (handler: ScriptedHandler): Layer.Layer<HttpClient.HttpClient | ScriptedHttp> =>
  Layer.effectContext(
    Effect.map(Ref.make<ReadonlyArray<ScriptedRequest>>([]), (log) =>
      Context.make(ScriptedHttp, { requests: Ref.get(log), clear: Ref.set(log, []) }).pipe(
        Context.add(HttpClient.HttpClient, clientOf(handler, log))
      )
    )
  )

const clientOf = (handler: ScriptedHandler, log: Ref.Ref<ReadonlyArray<ScriptedRequest>>) =>
  HttpClient.make((request, url) =>
    Effect.gen(function* () {
      const recorded: ScriptedRequest = {
        method: request.method,
        url: url.href,
        headers: { ...request.headers },
        body: yield* bodyText(request)
      }
      yield* Ref.update(log, (before) => [...before, recorded])
      const answer = handler(recorded)
      return toResponse(request, Effect.isEffect(answer) ? yield* answer : answer)
    }).pipe(
      Effect.catchTag("ScriptedFailure", (cause) =>
        Effect.fail(new HttpClientError.RequestError({ request, reason: "Transport", cause }))
      )
    )
  )

const toResponse = (
  request: HttpClientRequest.HttpClientRequest,
  { body, headers = {}, status = 200 }: ScriptedResponse
): HttpClientResponse.HttpClientResponse => {
  const isJson = body !== undefined && typeof body !== "string" && !(body instanceof Uint8Array)
  const sent = body instanceof Uint8Array ? new Uint8Array(body) : isJson ? JSON.stringify(body) : body
  return HttpClientResponse.fromWeb(
    request,
    new Response(status === 204 || status === 304 ? null : (sent ?? ""), {
      status,
      headers: { ...(isJson ? { "content-type": "application/json" } : {}), ...headers }
    })
  )
}

const bodyText = ({ body, headers }: HttpClientRequest.HttpClientRequest): Effect.Effect<string> => {
  switch (body._tag) {
    case "Uint8Array":
      return headers["content-encoding"] === "gzip"
        ? gunzipped(body.body)
        : Effect.succeed(new TextDecoder().decode(body.body))
    case "Raw":
      return Effect.succeed(typeof body.body === "string" ? body.body : "")
    case "Stream":
      return Stream.mkString(Stream.decodeText(body.stream)).pipe(Effect.orElseSucceed(() => ""))
    default:
      return Effect.succeed("")
  }
}

const gunzipped = (bytes: Uint8Array): Effect.Effect<string> =>
  Effect.promise(() =>
    new Response(new Blob([Uint8Array.from(bytes)]).stream().pipeThrough(new DecompressionStream("gzip"))).text()
  )
