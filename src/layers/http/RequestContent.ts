/** The body of a request in a form that undici takes, and the headers that go with it. */
import { Readable } from "node:stream"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { PlainHeaders } from "../../domain/api/RequestHeaders.ts"
import { acceptedCodings } from "./contentCoding.ts"

/** What is sent. A stream is destroyed by undici when the request ends early. */
export interface RequestContent {
  readonly body: Readable | Uint8Array | null
  /** Names and values in turn, which undici takes as they are. */
  readonly headers: Array<string>
}

/** A body that is none of what `fetch` takes. */
class UnsendableBody extends Data.TaggedError("UnsendableBody")<{ readonly message: string }> {}

/** Reads whatever has to be read before sending; streams are not. */
export const contentOf = (request: HttpClientRequest.HttpClientRequest): Effect.Effect<RequestContent, unknown> => {
  const { body, headers } = request
  switch (body._tag) {
    case "Empty":
      return Effect.succeed({ body: null, headers: headersOf(headers) })
    case "Uint8Array":
      return Effect.succeed({ body: body.body, headers: headersOf(headers) })
    case "Stream":
      return Effect.map(Stream.toReadableStreamEffect(body.stream), (stream) => ({
        body: Readable.fromWeb(stream),
        headers: headersOf(headers)
      }))
    case "FormData":
      return encoded(body.formData, headers)
    case "Raw":
      return isEncodable(body.body)
        ? encoded(body.body, headers)
        : new UnsendableBody({ message: "a body of this kind cannot be sent" })
  }
}

type Encodable = string | ArrayBuffer | NodeJS.ArrayBufferView | Blob | URLSearchParams | FormData

const isEncodable = (body: unknown): body is Encodable =>
  typeof body === "string" ||
  ArrayBuffer.isView(body) ||
  [ArrayBuffer, Blob, URLSearchParams, FormData].some((kind) => body instanceof kind)

/** The platform's own encoding, and the type that it names where the request names none. */
const encoded = (body: Encodable, headers: PlainHeaders): Effect.Effect<RequestContent, unknown> =>
  Effect.tryPromise({
    try: async () => {
      const response = new Response(body)
      const bytes = new Uint8Array(await response.arrayBuffer())
      return { body: bytes, headers: headersOf(headers, response.headers.get("content-type")) }
    },
    catch: (cause) => cause
  })

/** Whoever has something else in mind says so. */
const usual: PlainHeaders = { accept: "*/*", "accept-encoding": acceptedCodings, "user-agent": "node" }

/** The length is counted, not believed. */
const headersOf = (given: PlainHeaders, type?: string | null): Array<string> => {
  const headers: Array<string> = []
  for (const name in usual) addTo(headers, name, given[name] === undefined ? usual[name] : undefined)
  if (given["content-type"] === undefined) addTo(headers, "content-type", type)
  for (const name in given) addTo(headers, name, name === "content-length" ? undefined : given[name])
  return headers
}

const addTo = (headers: Array<string>, name: string, value: string | null | undefined): void => {
  if (typeof value === "string") headers.push(name, value)
}
