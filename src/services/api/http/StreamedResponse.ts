/** A response that is what its stream says: everything else that can be asked of it is gathered from there, up to a bound. */
import type * as Cookies from "@effect/platform/Cookies"
import type * as Headers from "@effect/platform/Headers"
import * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as HttpIncomingMessage from "@effect/platform/HttpIncomingMessage"
import * as UrlParams from "@effect/platform/UrlParams"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Inspectable from "effect/Inspectable"
import type * as Option from "effect/Option"
import type * as Stream from "effect/Stream"
import type { BodyTooLong } from "../../../domain/api/TransportProblem.ts"
import { parseJson } from "../../../domain/internal/json.ts"
import { gather, maxAnswerBytes, textOf } from "./gather.ts"

type Failure = HttpClientError.ResponseError

/** Its body is read once, by the first that asks; what was gathered can be asked for again. */
export abstract class StreamedResponse extends Inspectable.Class implements HttpClientResponse.HttpClientResponse {
  readonly [HttpIncomingMessage.TypeId]: HttpIncomingMessage.TypeId = HttpIncomingMessage.TypeId
  readonly [HttpClientResponse.TypeId]: HttpClientResponse.TypeId = HttpClientResponse.TypeId
  readonly #received: HttpClientResponse.HttpClientResponse
  #gathered: Uint8Array | undefined

  constructor(received: HttpClientResponse.HttpClientResponse) {
    super()
    this.#received = received
  }

  abstract get request(): HttpClientRequest.HttpClientRequest
  abstract get stream(): Stream.Stream<Uint8Array, Failure>

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
  get text(): Effect.Effect<string, Failure> {
    return Effect.flatMap(this.#bytes, (bytes) =>
      Either.mapLeft(textOf(bytes), (problem) => this.unreadable(`the body is ${problem}`))
    )
  }
  get json(): Effect.Effect<unknown, Failure> {
    return Effect.flatMap(this.text, (text) =>
      text === ""
        ? Effect.succeed(null)
        : Either.mapLeft(parseJson(text), (problem) => this.unreadable(`the body is ${problem}`))
    )
  }
  get urlParamsBody(): Effect.Effect<UrlParams.UrlParams, Failure> {
    return Effect.map(this.text, (text) => UrlParams.fromInput(new URLSearchParams(text)))
  }
  get arrayBuffer(): Effect.Effect<ArrayBuffer, Failure> {
    return Effect.map(this.#bytes, (bytes) => new Uint8Array(bytes).buffer)
  }
  get formData(): Effect.Effect<FormData, Failure> {
    const headers = { "content-type": this.headers["content-type"] ?? "" }
    return Effect.flatMap(this.#bytes, (bytes) =>
      Effect.tryPromise({
        try: () => new Response(new Uint8Array(bytes), { headers }).formData(),
        catch: () => this.unreadable("the body is not a form")
      })
    )
  }

  toJSON(): unknown {
    return { _id: "@effect/platform/HttpClientResponse", method: this.request.method, status: this.status }
  }

  protected unreadable(description: string, cause?: unknown): Failure {
    return new HttpClientError.ResponseError({
      request: this.request,
      response: this,
      reason: "Decode",
      description,
      cause
    })
  }

  get #bytes(): Effect.Effect<Uint8Array, Failure> {
    return Effect.suspend(() =>
      this.#gathered === undefined
        ? Effect.tap(gather(this, maxAnswerBytes), (bytes) => {
            this.#gathered = bytes
          })
        : Effect.succeed(this.#gathered)
    ).pipe(Effect.catchTag("BodyTooLong", (error: BodyTooLong) => Effect.fail(this.unreadable(error.reason, error))))
  }
}
