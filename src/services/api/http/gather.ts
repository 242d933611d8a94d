/** The one way to hold a whole body: decoded, through `stream`, and up to a bound. */
import type * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { BodyTooLong } from "../../../domain/api/TransportProblem.ts"
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
    const pieces = new Pieces()
    return Stream.runForEach(bodyStream(response), (chunk) => {
      if (pieces.size + chunk.length > maxBytes) return Effect.fail(new BodyTooLong({ maxBytes }))
      pieces.add(chunk)
      return Effect.void
    }).pipe(Effect.map(() => pieces.joined()))
  })

/** As much of a body as fits, whatever comes after it. */
export const gatherBeginning = (
  response: Response,
  maxBytes: number
): Effect.Effect<Uint8Array, HttpClientError.ResponseError> =>
  Effect.suspend(() => {
    const pieces = new Pieces()
    return Stream.runForEachWhile(bodyStream(response), (chunk) => {
      pieces.add(chunk.subarray(0, maxBytes - pieces.size))
      return Effect.succeed(pieces.size < maxBytes)
    }).pipe(Effect.map(() => pieces.joined()))
  })

/** UTF-8 without a byte order mark, as `fetch` reads text. */
export const textOf = (bytes: Uint8Array): string => decoder.decode(bytes)

const decoder = new TextDecoder()

/** A chunk of this size is kept as it is; shorter ones are put together, for each costs more than a byte of its own. */
const longChunk = 4_096
const blockSize = 65_536

/** What has been gathered, in as much memory as it is long, however small the chunks are that it comes in. */
class Pieces {
  size = 0
  readonly #whole: Array<Uint8Array> = []
  #block = new Uint8Array()
  #used = 0

  add(chunk: Uint8Array): void {
    this.size += chunk.length
    if (this.#whole.length === 0 && this.#used === 0) this.#whole.push(chunk)
    else if (chunk.length >= longChunk) {
      this.#close()
      this.#whole.push(chunk)
    } else this.#fill(chunk)
  }

  joined(): Uint8Array {
    this.#close()
    const [first] = this.#whole
    if (this.#whole.length === 1 && first !== undefined) return first
    const all = new Uint8Array(this.size)
    let at = 0
    for (const piece of this.#whole) {
      all.set(piece, at)
      at += piece.length
    }
    return all
  }

  #fill(chunk: Uint8Array): void {
    if (this.#used + chunk.length > this.#block.length) {
      this.#close()
      this.#block = new Uint8Array(blockSize)
    }
    this.#block.set(chunk, this.#used)
    this.#used += chunk.length
  }

  #close(): void {
    if (this.#used > 0) this.#whole.push(this.#block.slice(0, this.#used))
    this.#used = 0
  }
}
