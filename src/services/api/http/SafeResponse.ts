import type * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type { HttpMethod } from "@effect/platform/HttpMethod"
import * as Stream from "effect/Stream"
import { type ApiError, NetworkFailed, UnexpectedResponse } from "../../../domain/api/ApiError.ts"
import { bodyReason } from "../../../domain/api/NetworkReason.ts"
import { refused } from "../../../domain/api/Refused.ts"
import { summarize } from "../../../domain/api/RequestUrl.ts"
import { reasonOf } from "../../../domain/api/Scrub.ts"
import type { CallerFacts } from "../../../domain/session/Caller.ts"
import { bodyStream } from "./bodyStream.ts"
import { type Pieces, pieces, piecesOf } from "./pieces.ts"
import type { Received } from "./sendWithRetry.ts"
import { StreamedResponse } from "./StreamedResponse.ts"

/**
 * The response as received, its body untouched; but `request` is only the method and the address that
 * answered, without query, headers and body, and errors of the body are ours and hold no cause.
 */
export class SafeResponse extends StreamedResponse {
  readonly #received: Received
  readonly #method: HttpMethod
  readonly #caller: CallerFacts
  #request: HttpClientRequest.HttpClientRequest | undefined

  constructor(received: Received, method: HttpMethod, caller: CallerFacts) {
    super(received.response)
    this.#received = received
    this.#method = method
    this.#caller = caller
  }

  get request(): HttpClientRequest.HttpClientRequest {
    this.#request ??= HttpClientRequest.make(this.#method)(this.#summary.url)
    return this.#request
  }
  get stream(): Stream.Stream<Uint8Array, HttpClientError.ResponseError> {
    return Stream.mapError(this.bytes, inPlatformsTypes)
  }
  get bytes(): Stream.Stream<Uint8Array, NetworkFailed> {
    return Stream.mapError(bodyStream(this.#received.response), (error) => this.#brokenOff(error))
  }
  [pieces](): Pieces | undefined {
    const body = piecesOf(this.#received.response)
    return body && { iterable: body.iterable, failed: (cause) => inPlatformsTypes(this.#brokenOff(body.failed(cause))) }
  }

  refusal(body: string): ApiError {
    const { retryAfter } = this.#received
    const { account, accountType, project } = this.#caller
    const reason = this.reason(body)
    return refused({ ...this.#summary, status: this.status, reason, account, accountType, project, retryAfter })
  }

  reason(body: string): string {
    return reasonOf(body, this.#received.secrets)
  }

  protected override unreadable(reason: string): HttpClientError.ResponseError {
    return inPlatformsTypes(new UnexpectedResponse({ ...this.#summary, status: this.status, reason }))
  }

  get #summary() {
    return summarize(this.#method, this.#received.url)
  }
  #brokenOff(error: HttpClientError.ResponseError): NetworkFailed {
    return new NetworkFailed({ ...this.#summary, reason: bodyReason(error) })
  }
}

/**
 * The platform types every failure of a body as its own `ResponseError`, and an app has to be able to treat ours as what
 * they are (`catchTag`, an exit code, a schema): so this one type is said to be what it is not.
 */
const inPlatformsTypes = (error: NetworkFailed | UnexpectedResponse): HttpClientError.ResponseError =>
  error as unknown as HttpClientError.ResponseError
