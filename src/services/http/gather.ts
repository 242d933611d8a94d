/** The one way to hold a whole body: decoded, through `stream`, and up to a bound. */
import type * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { BodyTooLong } from "../../domain/api/TransportProblem.ts"
import { bodyStream } from "./bodyStream.ts"

/** How much is gathered of an answer of the API: 64 MiB. */
export const maxAnswerBytes = 67_108_864
/** How much is gathered of an answer of the authorization server: 256 KiB. */
export const maxOAuthBytes = 262_144

type Response = HttpClientResponse.HttpClientResponse

/** All bytes of a body; one that is longer is given up as soon as that is known, and its connection with it. */
export const gather = (
  response: Response,
  maxBytes: number
): Effect.Effect<Uint8Array, HttpClientError.ResponseError | BodyTooLong> =>
  Effect.suspend(() => {
    const chunks: Array<Uint8Array> = []
    let size = 0
    return Stream.runForEach(bodyStream(response), (chunk) => {
      size += chunk.length
      if (size > maxBytes) return Effect.fail(new BodyTooLong({ maxBytes }))
      chunks.push(chunk)
      return Effect.void
    }).pipe(Effect.map(() => joined(chunks, size)))
  })

/** As much of a body as fits, whatever comes after it. */
export const gatherBeginning = (
  response: Response,
  maxBytes: number
): Effect.Effect<Uint8Array, HttpClientError.ResponseError> =>
  Effect.suspend(() => {
    const chunks: Array<Uint8Array> = []
    let size = 0
    return Stream.runForEachWhile(bodyStream(response), (chunk) => {
      chunks.push(chunk)
      size += chunk.length
      return Effect.succeed(size < maxBytes)
    }).pipe(Effect.map(() => joined(chunks, size).subarray(0, maxBytes)))
  })

/** UTF-8 without a byte order mark, as `fetch` reads text. */
export const textOf = (bytes: Uint8Array): string => decoder.decode(bytes)

const decoder = new TextDecoder()

const joined = (chunks: ReadonlyArray<Uint8Array>, size: number): Uint8Array => {
  const [first] = chunks
  if (chunks.length === 1 && first !== undefined) return first
  const all = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.length
  }
  return all
}
