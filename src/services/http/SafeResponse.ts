/** A response that can be logged, inspected and fail without showing what the request carried. */
import type * as Cookies from "@effect/platform/Cookies"
import type * as Headers from "@effect/platform/Headers"
import * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as HttpIncomingMessage from "@effect/platform/HttpIncomingMessage"
import type { HttpMethod } from "@effect/platform/HttpMethod"
import type * as UrlParams from "@effect/platform/UrlParams"
import * as Effect from "effect/Effect"
import * as Inspectable from "effect/Inspectable"
import type * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { summarize } from "../../domain/api/RequestUrl.ts"

/**
 * The response as received, its body untouched; but `request` is only the method and the address that
 * answered, without query, headers and body, and errors of the body refer to that one.
 */
export class SafeResponse extends Inspectable.Class implements HttpClientResponse.HttpClientResponse {
  readonly [HttpIncomingMessage.TypeId]: HttpIncomingMessage.TypeId = HttpIncomingMessage.TypeId
  readonly [HttpClientResponse.TypeId]: HttpClientResponse.TypeId = HttpClientResponse.TypeId
  readonly #received: HttpClientResponse.HttpClientResponse
  readonly #method: HttpMethod
  readonly #url: URL

  constructor(received: HttpClientResponse.HttpClientResponse, method: HttpMethod, url: URL) {
    super()
    this.#received = received
    this.#method = method
    this.#url = url
  }

  get request(): HttpClientRequest.HttpClientRequest {
    return HttpClientRequest.make(this.#method)(summarize(this.#method, this.#url).url)
  }
  get status(): number {
    return this.#received.status
  }
  get headers(): Headers.Headers {
    return this.#received.headers
  }
  get cookies(): Cookies.Cookies {
    return this.#received.cookies
  }
  get remoteAddress(): Option.Option<string> {
    return this.#received.remoteAddress
  }
  get stream(): Stream.Stream<Uint8Array, HttpClientError.ResponseError> {
    return Stream.mapError(this.#received.stream, (error) => this.#without(error))
  }
  get json(): Effect.Effect<unknown, HttpClientError.ResponseError> {
    return this.#safely(this.#received.json)
  }
  get text(): Effect.Effect<string, HttpClientError.ResponseError> {
    return this.#safely(this.#received.text)
  }
  get urlParamsBody(): Effect.Effect<UrlParams.UrlParams, HttpClientError.ResponseError> {
    return this.#safely(this.#received.urlParamsBody)
  }
  get arrayBuffer(): Effect.Effect<ArrayBuffer, HttpClientError.ResponseError> {
    return this.#safely(this.#received.arrayBuffer)
  }
  get formData(): Effect.Effect<FormData, HttpClientError.ResponseError> {
    return this.#safely(this.#received.formData)
  }

  toJSON(): unknown {
    return { _id: "@effect/platform/HttpClientResponse", method: this.#method, status: this.status }
  }

  #safely<A>(body: Effect.Effect<A, HttpClientError.ResponseError>): Effect.Effect<A, HttpClientError.ResponseError> {
    return Effect.mapError(body, (error) => this.#without(error))
  }

  /** The same failure, holding neither the sent request nor a cause that may quote the body. */
  #without(error: HttpClientError.ResponseError): HttpClientError.ResponseError {
    return new HttpClientError.ResponseError({
      request: this.request,
      response: this,
      reason: error.reason,
      description: error.reason === "EmptyBody" ? "the body is empty" : "the body could not be read"
    })
  }
}
