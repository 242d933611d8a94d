/** The body of a request in a form that undici takes, and the headers that go with it. */
import { Readable } from "node:stream"
import type * as HttpBody from "@effect/platform/HttpBody"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { acceptedCodings } from "./contentCoding.ts"

/** What is sent. A stream is destroyed by undici when the request ends early. */
export interface RequestContent {
  readonly body: Readable | Uint8Array | null
  readonly headers: Record<string, string>
}

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
      return Effect.tryPromise(() => read(new Response(body.formData), headersOf(headers)))
    case "Raw":
      return Effect.tryPromise(() => read(responseOf(body), headersOf(headers)))
  }
}

/** Whoever has something else in mind says so. */
const usual = { accept: "*/*", "accept-encoding": acceptedCodings, "user-agent": "node" }

/** The length is counted, not believed. */
const headersOf = (given: HttpClientRequest.HttpClientRequest["headers"]): Record<string, string> => {
  const { "content-length": _, ...headers }: Record<string, string> = { ...usual, ...given }
  return headers
}
