/** An answer that came over undici, as the platform sees answers. */
import * as Cookies from "@effect/platform/Cookies"
import * as Headers from "@effect/platform/Headers"
import * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as HttpIncomingMessage from "@effect/platform/HttpIncomingMessage"
import * as UrlParams from "@effect/platform/UrlParams"
import * as Effect from "effect/Effect"
import * as Inspectable from "effect/Inspectable"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { decoded } from "./contentCoding.ts"
import type { ReceivedBody } from "./ReceivedBody.ts"
import type { ReceivedHeaders } from "./Reception.ts"
import { soon } from "../soon.ts"

/** Its body is read once, by the first that asks; `text` may be asked for again. */
export class UndiciResponse extends Inspectable.Class implements HttpClientResponse.HttpClientResponse {
  readonly [HttpIncomingMessage.TypeId]: HttpIncomingMessage.TypeId = HttpIncomingMessage.TypeId
  readonly [HttpClientResponse.TypeId]: HttpClientResponse.TypeId = HttpClientResponse.TypeId
  readonly request: HttpClientRequest.HttpClientRequest
  readonly status: number
  readonly #received: ReceivedHeaders
  readonly #body: ReceivedBody
  #isTaken = false
  #headers: Headers.Headers | undefined
  #text: Uint8Array | Promise<Uint8Array> | undefined

  constructor(
    request: HttpClientRequest.HttpClientRequest,
    status: number,
    received: ReceivedHeaders,
    body: ReceivedBody
  ) {
    super()
    this.request = request
    this.status = status
    this.#received = received
    this.#body = body
  }

  get headers(): Headers.Headers {
    this.#headers ??= headersOf(this.#received)
    return this.#headers
  }
  get cookies(): Cookies.Cookies {
    const cookies = this.#received["set-cookie"] ?? []
    return Cookies.fromSetCookie(cookies)
  }
  get remoteAddress(): Option.Option<string> {
    return Option.none()
  }
  get stream(): Stream.Stream<Uint8Array, HttpClientError.ResponseError> {
    return Stream.unwrap(
      this.#reading(() => Stream.fromAsyncIterable(this.#pieces(), (cause) => this.#unreadable(cause)))
    )
  }
  get text(): Effect.Effect<string, HttpClientError.ResponseError> {
    return Effect.map(
      this.#reading(() => {
        this.#text ??= this.#whole()
        return this.#text
      }),
      toText
    )
  }
  get json(): Effect.Effect<unknown, HttpClientError.ResponseError> {
    return Effect.flatMap(this.text, (text) =>
      Effect.try({
        try: (): unknown => (text === "" ? null : JSON.parse(text)),
        catch: (cause) => this.#unreadable(cause)
      })
    )
  }
  get urlParamsBody(): Effect.Effect<UrlParams.UrlParams, HttpClientError.ResponseError> {
    return Effect.map(this.text, (text) => UrlParams.fromInput(new URLSearchParams(text)))
  }
  get arrayBuffer(): Effect.Effect<ArrayBuffer, HttpClientError.ResponseError> {
    return this.#reading(async () => {
      const bytes = new Uint8Array(await this.#whole())
      return bytes.buffer
    })
  }
  get formData(): Effect.Effect<FormData, HttpClientError.ResponseError> {
    return this.#reading(async () => {
      const headers = { "content-type": this.headers["content-type"] ?? "" }
      return new Response(new Uint8Array(await this.#whole()), { headers }).formData()
    })
  }

  toJSON(): unknown {
    return HttpIncomingMessage.inspect(this, {
      _id: "@effect/platform/HttpClientResponse",
      request: this.request.toJSON(),
      status: this.status
    })
  }

  #whole(): Uint8Array | Promise<Uint8Array> {
    const pieces = this.#pieces()
    return pieces === this.#body ? this.#body.whole() : gathered(pieces)
  }

  #pieces(): AsyncIterable<Uint8Array> {
    if (this.#isTaken) throw new TypeError("the body has been read already")
    this.#isTaken = true
    const encoding = joined(this.#received["content-encoding"])
    return encoding === undefined || hasNoBody(this) ? this.#body : decoded(this.#body, encoding)
  }

  #reading<A>(read: () => A | Promise<A>): Effect.Effect<A, HttpClientError.ResponseError> {
    return soon(read, (cause) => this.#unreadable(cause))
  }

  #unreadable(cause: unknown): HttpClientError.ResponseError {
    return new HttpClientError.ResponseError({ request: this.request, response: this, reason: "Decode", cause })
  }
}

const gathered = async (pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> => {
  const read: Array<Uint8Array> = []
  for await (const piece of pieces) read.push(piece)
  return Buffer.concat(read)
}

const joined = (value: ReceivedHeaders[string]): string | undefined =>
  typeof value === "string" ? value : value?.join(", ")

const bodiless: ReadonlySet<number> = new Set([204, 205, 304])

const hasNoBody = ({ request, status }: HttpClientResponse.HttpClientResponse): boolean =>
  request.method === "HEAD" || bodiless.has(status)

/** Cookies cannot be joined, so that the last one stands for all, as with `fetch`; `cookies` has them all. */
const headersOf = (received: ReceivedHeaders): Headers.Headers => {
  const cookies = received["set-cookie"]
  return Headers.fromInput(Array.isArray(cookies) ? { ...received, "set-cookie": cookies.at(-1) } : received)
}

/** As `fetch` reads text: UTF-8 without a byte order mark. */
const toText = (bytes: Uint8Array): string => {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8")
  return text.startsWith("\uFEFF") ? text.slice(1) : text
}
