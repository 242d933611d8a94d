/**
 * The one decoding rule, over the body of any engine: what `Content-Encoding` says was done to it is undone, and a body
 * that ends before its encoding does is an error, whatever the framing says.
 */
import type { Readable, Transform } from "node:stream"
import type * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import type * as Stream from "effect/Stream"
import { codingsOf, type knownCodings } from "../../../domain/api/contentCoding.ts"
import { networkReason } from "../../../domain/api/NetworkReason.ts"
import { BrokenBody } from "../../../domain/api/TransportProblem.ts"
import { bodyStream, hasNoBody } from "../../../services/api/http/bodyStream.ts"
import { type Pieces, pieces, streamOf } from "../../../services/api/http/pieces.ts"
import { StreamedResponse } from "../../../services/api/http/StreamedResponse.ts"
import { builtins } from "../builtins.ts"
import { batchesOf } from "./batchesOf.ts"
import { readableOf } from "./readableOf.ts"

/** What a request says that it can read. */
export const acceptedCodings = "gzip, deflate, br"

const decoderOf: Readonly<Record<(typeof knownCodings)[number], () => Transform>> = {
  gzip: () => builtins.zlib.createGunzip(),
  "x-gzip": () => builtins.zlib.createGunzip(),
  deflate: () => builtins.zlib.createInflate(),
  br: () => builtins.zlib.createBrotliDecompress()
}
const decoders: ReadonlyMap<string, () => Transform> = new Map(Object.entries(decoderOf))

/** More would serve nobody but those who want to wear us out. */
const mostCodings = 5

type Response = HttpClientResponse.HttpClientResponse

/** An answer of an engine, whose body comes without its codings and fails in words. */
export class DecodedResponse extends StreamedResponse {
  readonly #received: Response

  constructor(received: Response) {
    super(received)
    this.#received = received
  }

  get request(): HttpClientRequest.HttpClientRequest {
    return this.#received.request
  }

  get stream(): Stream.Stream<Uint8Array, HttpClientError.ResponseError> {
    return hasNoBody(this) ? bodyStream(this.#received) : streamOf(() => this[pieces]())
  }

  [pieces](): Pieces {
    const codings = codingsOf(this.headers["content-encoding"])
    const wire = { readable: readableOf(this.#received), received: 0 }
    return {
      iterable: codings.length > mostCodings ? refusing(wire.readable) : undone(wire, codings),
      failed: (cause) => this.unreadable("the body could not be read", brokenBody(cause, wire, codings))
    }
  }
}

/** A body as it is received, and how many bytes of it have come so far. */
interface Wire {
  readonly readable: Readable
  received: number
}

const refusing = (readable: Readable): AsyncIterable<never> => ({
  [Symbol.asyncIterator]: () => ({
    next: () => {
      readable.destroy()
      return Promise.reject(new BrokenBody({ reason: "the body has too many encodings" }))
    }
  })
})

/** What is not known here is left as it is: some servers name a character set. */
const undone = (wire: Wire, codings: ReadonlyArray<string>): Pieces["iterable"] => {
  const undoing = codings.map((coding) => decoders.get(coding))
  const count = (chunk: Uint8Array): void => {
    wire.received += chunk.length
  }
  if (undoing.length === 0 || !undoing.every(isKnown)) return batchesOf(wire.readable, { seen: count, isEnd: never })
  const body = undoing.reduce(through, wire.readable)
  wire.readable.on("data", count)
  // Nothing at all is an empty body, which servers send without encoding it.
  return batchesOf(body, {
    seen: ignore,
    isEnd: (cause) => wire.received === 0 && isZlibError(cause) && isCut(cause)
  })
}

const ignore = () => undefined
const never = () => false

const brokenBody = (cause: unknown, { received }: Wire, codings: ReadonlyArray<string>): BrokenBody => {
  if (cause instanceof BrokenBody) return cause
  const came = `after ${received} ${received === 1 ? "byte" : "bytes"}`
  if (isZlibError(cause)) {
    const encoding = codings.toReversed().join(", ")
    return isCut(cause)
      ? new BrokenBody({ reason: `the answer ended ${came}, before its encoding (${encoding}) did` })
      : new BrokenBody({ reason: `the answer is not what its encoding (${encoding}) says, found out ${came}` })
  }
  return new BrokenBody({ reason: `the answer broke off ${came}: ${networkReason(cause)}` })
}

type ZlibError = Error & { readonly code: string }

/** Codes of zlib begin with `Z_`, those of brotli with `ERR_`. */
const isZlibError = (cause: unknown): cause is ZlibError =>
  cause instanceof Error &&
  "errno" in cause &&
  "code" in cause &&
  typeof cause.code === "string" &&
  /^(Z_|ERR_)/.test(cause.code)

const isCut = ({ code }: ZlibError): boolean => code === "Z_BUF_ERROR"

const isKnown = <A>(value: A | undefined): value is A => value !== undefined

/** An error of either stream destroys the other one, and so reaches the reader; there is nobody else to tell. */
const through = (source: Readable, decoder: () => Transform): Readable =>
  builtins.stream.pipeline(source, decoder(), () => undefined)
