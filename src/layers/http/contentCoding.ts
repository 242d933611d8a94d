/** Undoing what `Content-Encoding` says was done to a body. */
import { pipeline, Readable, type Transform } from "node:stream"
import { constants, createBrotliDecompress, createGunzip, createInflate } from "node:zlib"

/** What a request says that it can read. */
export const acceptedCodings = "gzip, br"

/** More would serve nobody but those who want to wear us out. */
const mostCodings = 5

/**
 * The body without its codings. One that is not known leaves it as it is; bodies that break off are read
 * as far as they go, as browsers do. Nothing is decoded faster than it is read.
 */
export const decoded = (body: AsyncIterable<Uint8Array>, encoding: string): AsyncIterable<Uint8Array> => {
  const codings = encoding.toLowerCase().split(",").map(trimmed).toReversed()
  const decoders = codings.map((coding) => decoderOf.get(coding))
  if (codings.length > mostCodings) throw new Error("the body has too many codings")
  return decoders.every(isKnown) ? piecesOf(decoders.reduce(through, Readable.from(body))) : body
}

/** A stream's own iterator waits for the next piece before it hears that it is to stop. */
const piecesOf = (stream: Readable): AsyncIterable<Uint8Array> => ({
  [Symbol.asyncIterator]: () => {
    const iterator: AsyncIterator<Uint8Array, undefined> = stream[Symbol.asyncIterator]()
    const stop = async (): Promise<IteratorReturnResult<undefined>> => {
      stream.destroy()
      return { done: true, value: undefined }
    }
    return { next: () => iterator.next(), return: stop }
  }
})

const trimmed = (text: string): string => text.trim()

const isKnown = <A>(value: A | undefined): value is A => value !== undefined

/** An error of either stream destroys the other one, and so reaches the reader; there is nobody else to tell. */
const through = (source: Readable, decoder: () => Transform): Readable => pipeline(source, decoder(), () => undefined)

const tolerant = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH }
const tolerantBrotli = { flush: constants.BROTLI_OPERATION_FLUSH, finishFlush: constants.BROTLI_OPERATION_FLUSH }

const decoderOf: ReadonlyMap<string, () => Transform> = new Map([
  ["gzip", () => createGunzip(tolerant)],
  ["x-gzip", () => createGunzip(tolerant)],
  ["deflate", () => createInflate(tolerant)],
  ["br", () => createBrotliDecompress(tolerantBrotli)]
])
