/**
 * The one decoding rule, over the body of any engine: what `Content-Encoding` says was done to it is undone, and a body
 * that ends before its encoding does is an error, whatever the framing says.
 */
import type { Readable, Transform } from "node:stream"
import type * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { identity } from "effect/Function"
import * as Stream from "effect/Stream"
import { networkReason } from "../../../domain/api/NetworkReason.ts"
import { BrokenBody } from "../../../domain/api/TransportProblem.ts"
import { bodyStream, hasNoBody } from "../../../services/api/http/bodyStream.ts"
import { StreamedResponse } from "../../../services/api/http/StreamedResponse.ts"
import { builtins } from "../builtins.ts"

/** What a request says that it can read. */
export const acceptedCodings = "gzip, deflate, br"

const decoderOf: ReadonlyMap<string, () => Transform> = new Map([
  ["gzip", () => builtins.zlib.createGunzip()],
  ["x-gzip", () => builtins.zlib.createGunzip()],
  ["deflate", () => builtins.zlib.createInflate()],
  ["br", () => builtins.zlib.createBrotliDecompress()]
])

/** More would serve nobody but those who want to wear us out. */
const mostCodings = 5

type Response = HttpClientResponse.HttpClientResponse
type Body = Stream.Stream<Uint8Array, HttpClientError.ResponseError>

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

  get stream(): Body {
    return Stream.suspend(() => {
      const codings = hasNoBody(this) ? [] : codingsOf(this.headers["content-encoding"])
      const decoders = codings.map((coding) => decoderOf.get(coding))
      if (codings.length > mostCodings) return this.#broken("the body has too many encodings")
      const wire = counted(this.#received)
      const failed = (cause: unknown) => this.unreadable("the body could not be read", brokenBody(cause, wire, codings))
      // What is not known here is left as it is: some servers name a character set.
      if (codings.length === 0 || !decoders.every(isKnown)) return Stream.mapError(wire.stream, failed)
      const source = builtins.stream.Readable.from(Stream.toAsyncIterable(wire.stream))
      return Stream.fromAsyncIterable(piecesOf(decoders.reduce(through, source)), identity).pipe(
        // Nothing at all is an empty body, which servers send without encoding it.
        Stream.catchAll((cause) =>
          wire.received === 0 && isZlibError(cause) && isCut(cause) ? Stream.empty : Stream.fail(failed(cause))
        )
      )
    })
  }

  #broken(reason: string): Body {
    return Stream.fail(this.unreadable(reason, new BrokenBody({ reason })))
  }
}

/** In the order in which they are undone: the last one first. */
const codingsOf = (header: string | undefined): ReadonlyArray<string> =>
  (header ?? "")
    .toLowerCase()
    .split(",")
    .map((coding) => coding.trim())
    .filter((coding) => coding !== "" && coding !== "identity")
    .toReversed()

/** A body, and how many bytes of it have come so far. */
interface Wire {
  readonly stream: Body
  received: number
}

const counted = (response: Response): Wire => {
  const wire: Wire = {
    received: 0,
    stream: Stream.map(bodyStream(response), (chunk) => {
      wire.received += chunk.length
      return chunk
    })
  }
  return wire
}

const brokenBody = (cause: unknown, { received }: Wire, codings: ReadonlyArray<string>): BrokenBody => {
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
