import * as Stream from "effect/Stream"
import { areUndone, codingsOf } from "../../domain/api/contentCoding.ts"
import type { PlainHeaders } from "../../domain/api/RequestHeaders.ts"
import { Concealment } from "../../domain/broker/Concealment.ts"
import { toGuest } from "../../domain/broker/passedHeaders.ts"
import { hasNoBody } from "../api/http/bodyStream.ts"
import { piecesOf } from "../api/http/pieces.ts"
import type { RelayedResponse } from "../api/MixpanelHttpClient.ts"
import type { GuestAnswer } from "./BrokerListener.ts"

export const relayedAnswer = (
  { response }: Pick<RelayedResponse, "response">,
  hidden: ReadonlyArray<string>
): GuestAnswer => {
  const concealment = new Concealment(hidden)
  const headers = Object.fromEntries(
    Object.entries(decodedHeaders(response)).map(([name, value]) => [name, concealment.text(value)])
  )
  return { status: response.status, headers, body: hasNoBody(response) ? nothing() : concealed(response, concealment) }
}

/** A length counts what was encoded, or what is not there. */
const decodedHeaders = ({ headers, request, status }: RelayedResponse["response"]): PlainHeaders => {
  const passed = toGuest(headers)
  const codings = codingsOf(passed["content-encoding"])
  const isDecoded = codings.length > 0 && areUndone(codings)
  const left = isDecoded ? ["content-encoding", "content-length"] : []
  if (request.method !== "HEAD" && hasNoBody({ request, status })) left.push("content-length")
  return Object.fromEntries(Object.entries(passed).filter(([name]) => !left.includes(name)))
}

type Batch = ReadonlyArray<Uint8Array>

const nothing = (): AsyncIterable<Batch> => ({
  [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: undefined }) })
})

/** No generator: whoever stops while nothing comes gives the connection up at once. */
const concealed = (response: RelayedResponse["response"], concealment: Concealment): AsyncIterable<Batch> => ({
  [Symbol.asyncIterator]: () => {
    const batches =
      piecesOf(response)?.iterable ?? Stream.toAsyncIterable(Stream.map(response.stream, (piece) => [piece]))
    const iterator = batches[Symbol.asyncIterator]()
    let isOver = false
    const next = async (): Promise<IteratorResult<Batch>> => {
      if (isOver) return { done: true, value: undefined }
      const { done, value } = await iterator.next()
      if (done !== true) return { done: false, value: value.map((piece) => concealment.take(piece)) }
      isOver = true
      return { done: false, value: [concealment.rest()] }
    }
    const end = async (): Promise<IteratorResult<Batch>> => {
      await iterator.return?.()
      return { done: true, value: undefined }
    }
    return { next, return: end }
  }
})
