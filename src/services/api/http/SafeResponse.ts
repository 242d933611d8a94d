/** A response that can be logged, inspected and fail without showing what the request carried. */
import type * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import type { HttpMethod } from "@effect/platform/HttpMethod"
import * as Stream from "effect/Stream"
import { bodyReason } from "../../../domain/api/NetworkReason.ts"
import { summarize } from "../../../domain/api/RequestUrl.ts"
import { BrokenBody } from "../../../domain/api/TransportProblem.ts"
import { bodyStream } from "./bodyStream.ts"
import { type Pieces, pieces, piecesOf } from "./pieces.ts"
import { StreamedResponse } from "./StreamedResponse.ts"

/**
 * The response as received, its body untouched; but `request` is only the method and the address that
 * answered, without query, headers and body, and errors of the body refer to that one.
 */
export class SafeResponse extends StreamedResponse {
  readonly #received: HttpClientResponse.HttpClientResponse
  readonly #method: HttpMethod
  readonly #url: URL
  #request: HttpClientRequest.HttpClientRequest | undefined

  constructor(received: HttpClientResponse.HttpClientResponse, method: HttpMethod, url: URL) {
    super(received)
    this.#received = received
    this.#method = method
    this.#url = url
  }

  get request(): HttpClientRequest.HttpClientRequest {
    this.#request ??= HttpClientRequest.make(this.#method)(summarize(this.#method, this.#url).url)
    return this.#request
  }
  get stream(): Stream.Stream<Uint8Array, HttpClientError.ResponseError> {
    return Stream.mapError(bodyStream(this.#received), (error) => this.#without(error))
  }
  [pieces](): Pieces | undefined {
    const body = piecesOf(this.#received)
    return body && { iterable: body.iterable, failed: (cause) => this.#without(body.failed(cause)) }
  }

  /** The same failure, holding neither the sent request nor a cause that may quote the body. */
  #without(error: HttpClientError.ResponseError): HttpClientError.ResponseError {
    const reason = bodyReason(error)
    return this.unreadable(reason, new BrokenBody({ reason }))
  }
}
