/** A body as its pieces, for those who hold all of it: a `Stream` of it costs more than the rest of a request does. */
import type * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

type Failure = HttpClientError.ResponseError
type Response = HttpClientResponse.HttpClientResponse

export interface Pieces {
  /** As many pieces as there are; whoever stops early calls its `return`, which gives up the connection at once. */
  readonly iterable: AsyncIterable<ReadonlyArray<Uint8Array>>
  readonly failed: (cause: unknown) => Failure
}

/** Under this name a response hands them out; other clients' responses have their `stream` only. */
export const pieces: unique symbol = Symbol.for("effect-mixpanel/pieces")

interface InPieces {
  readonly [pieces]: () => Pieces | undefined
}

const isInPieces = (response: Response | (Response & InPieces)): response is Response & InPieces => pieces in response

export const piecesOf = (response: Response): Pieces | undefined =>
  isInPieces(response) ? response[pieces]() : undefined

/** Takes one after the other for as long as `take` says; interruption gives up the connection. */
export const eachPiece = (body: Pieces, take: (piece: Uint8Array) => boolean): Effect.Effect<void, Failure> =>
  Effect.async((resume) => {
    const iterator = body.iterable[Symbol.asyncIterator]()
    const read = async (): Promise<void> => {
      for (;;) {
        const { done, value } = await iterator.next()
        if (done === true) return
        if (!value.every(take)) {
          await iterator.return?.()
          return
        }
      }
    }
    read().then(
      () => resume(Effect.void),
      (cause: unknown) => resume(Effect.fail(body.failed(cause)))
    )
    return Effect.promise(async () => iterator.return?.())
  })

export const streamOf = (body: () => Pieces): Stream.Stream<Uint8Array, Failure> =>
  Stream.suspend(() => {
    const { failed, iterable } = body()
    return Stream.mapChunks(Stream.fromAsyncIterable(iterable, failed), Chunk.flatMap(Chunk.unsafeFromArray))
  })
