import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { Denied } from "../../domain/broker/Denied.ts"

/** A body that has to be looked at is held as a whole. */
export const maxExaminedBytes = 8 * 1_048_576
/** A body of events only passes through. */
const maxStreamedBytes = 32 * 1_048_576

type Body = AsyncIterable<Uint8Array>

export const gathered = (body: Body, maxBytes: number): Effect.Effect<Uint8Array, Denied> =>
  Effect.tryPromise({
    try: async () => {
      const pieces: Array<Uint8Array> = []
      let size = 0
      for await (const piece of body) {
        size += piece.length
        if (size > maxBytes) throw tooLong(maxBytes)
        pieces.push(piece)
      }
      return joined(pieces, size)
    },
    catch: (cause) => (cause instanceof Denied ? cause : brokenOff)
  })

export const streamed = (body: Body): Stream.Stream<Uint8Array, Denied> =>
  Stream.fromAsyncIterable(body, () => brokenOff).pipe(
    Stream.mapAccumEffect(0, (size, piece) =>
      size + piece.length > maxStreamedBytes
        ? Effect.fail(tooLong(maxStreamedBytes))
        : Effect.succeed([size + piece.length, piece])
    )
  )

const tooLong = (maxBytes: number) => new Denied(413, "limit", `The body is longer than ${maxBytes / 1_048_576} MiB.`)

const brokenOff = new Denied(400, "body", "The body broke off.")

const joined = (pieces: ReadonlyArray<Uint8Array>, size: number): Uint8Array => {
  const [first] = pieces
  if (first !== undefined && pieces.length === 1) return first
  const all = new Uint8Array(size)
  let at = 0
  for (const piece of pieces) {
    all.set(piece, at)
    at += piece.length
  }
  return all
}
