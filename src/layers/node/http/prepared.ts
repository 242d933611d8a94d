/** A request as both engines take it: a body of bytes or a stream, the usual headers, and a length that is counted, not believed. */
import * as HttpBody from "@effect/platform/HttpBody"
import * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"
import { acceptedCodings } from "./decoded.ts"

type Request = HttpClientRequest.HttpClientRequest

/** Whoever has something else in mind says so. */
const usual = { accept: "*/*", "accept-encoding": acceptedCodings, "user-agent": "node" }

/** Reads whatever has to be read before sending; streams are not. */
export const prepared = (request: Request): Effect.Effect<Request, HttpClientError.RequestError> => {
  const { body } = request
  if (body._tag === "FormData") return encoded(request, body.formData)
  if (body._tag !== "Raw") return Effect.succeed(made(request, body, request.headers["content-type"]))
  return isEncodable(body.body)
    ? encoded(request, body.body)
    : new HttpClientError.RequestError({
        request,
        reason: "Encode",
        description: "a body of this kind cannot be sent"
      })
}

type Encodable = string | ArrayBuffer | NodeJS.ArrayBufferView | Blob | URLSearchParams | FormData

const isEncodable = (body: unknown): body is Encodable =>
  typeof body === "string" ||
  ArrayBuffer.isView(body) ||
  [ArrayBuffer, Blob, URLSearchParams, FormData].some((kind) => body instanceof kind)

/** The platform's own encoding, and the type that it names where the request names none. */
const encoded = (request: Request, body: Encodable): Effect.Effect<Request, HttpClientError.RequestError> =>
  Effect.tryPromise({
    try: async () => {
      const response = new Response(body)
      const type = request.headers["content-type"] ?? response.headers.get("content-type") ?? undefined
      return made(request, HttpBody.uint8Array(new Uint8Array(await response.arrayBuffer()), type), type)
    },
    catch: (cause) => new HttpClientError.RequestError({ request, reason: "Encode", cause })
  })

/** Its own headers come last, but for the length: a body that is not as long as was said would spoil the connection. */
const made = (request: Request, body: HttpBody.HttpBody, type: string | undefined): Request => {
  const given: Readonly<Record<string, string>> = { ...usual, ...request.headers }
  const { "content-length": _, ...headers } = given
  return HttpClientRequest.make(request.method)(request.url).pipe(
    HttpClientRequest.setUrlParams(request.urlParams),
    HttpClientRequest.setBody(body._tag === "Stream" ? HttpBody.stream(body.stream, body.contentType) : body),
    HttpClientRequest.setHeaders(type === undefined ? headers : { ...headers, "content-type": type })
  )
}
