import type * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Stream from "effect/Stream"
import { BodyTooLong } from "../../../domain/api/TransportProblem.ts"
import { bodyStream, hasNoBody } from "./bodyStream.ts"
import { eachPiece, piecesOf } from "./pieces.ts"

export const maxAnswerBytes = 67_108_864
export const maxOAuthBytes = 262_144

type Response = HttpClientResponse.HttpClientResponse

/** All bytes of a body; one that is longer is given up as soon as that is known, and its connection with it. */
export const gather = (
  response: Response,
  maxBytes: number
): Effect.Effect<Uint8Array, HttpClientError.ResponseError | BodyTooLong> =>
  Effect.suspend(() => {
    const held = new Held()
    const take = (chunk: Uint8Array) => {
      const fits = held.size + chunk.length <= maxBytes
      if (fits) held.add(chunk)
      else held.isCut = true
      return fits
    }
    return Effect.flatMap(each(response, take), () =>
      held.isCut ? Effect.fail(new BodyTooLong({ maxBytes })) : Effect.succeed(held.joined())
    )
  })

export const gatherBeginning = (
  response: Response,
  maxBytes: number
): Effect.Effect<Uint8Array, HttpClientError.ResponseError> =>
  Effect.suspend(() => {
    const held = new Held()
    const take = (chunk: Uint8Array) => {
      held.add(chunk.subarray(0, maxBytes - held.size))
      return held.size < maxBytes
    }
    return Effect.map(each(response, take), () => held.joined())
  })

const each = (response: Response, take: (chunk: Uint8Array) => boolean) => {
  const body = hasNoBody(response) ? undefined : piecesOf(response)
  return body === undefined
    ? Stream.runForEachWhile(bodyStream(response), (chunk) => Effect.succeed(take(chunk)))
    : eachPiece(body, take)
}

export const textOf = (bytes: Uint8Array): Either.Either<string, string> =>
  Either.try({ try: () => strict.decode(bytes), catch: () => "not valid UTF-8" })

/** The same as `fetch` reads it, whatever the bytes are: for what explains a refusal, and for tokens, which no byte beside them may cost. */
export const legibleText = (bytes: Uint8Array): string => lenient.decode(bytes)

const strict = new TextDecoder("utf-8", { fatal: true })
const lenient = new TextDecoder()

/** A chunk of this size is kept as it is; shorter ones are put together, for each costs more than a byte of its own. */
const longChunk = 4_096
const blockSize = 65_536

/** What has been gathered, in as much memory as it is long, however small the chunks are that it comes in. */
export class Held {
  size = 0
  isCut = false
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
