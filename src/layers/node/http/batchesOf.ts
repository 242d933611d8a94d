/** What has come of a stream of Node since the last look, all at once: waiting for a piece costs more than receiving it. */
import type { Readable } from "node:stream"
import { builtins } from "../builtins.ts"

type Batch = ReadonlyArray<Uint8Array>

interface Watch {
  readonly seen: (piece: Uint8Array) => void
  /** Whether an error is none, but the end. */
  readonly isEnd: (cause: unknown) => boolean
}

/** Fails after the last piece that came; whoever stops early gives the stream up at once. */
export const batchesOf = (stream: Readable, watch: Watch): AsyncIterable<Batch> => ({
  [Symbol.asyncIterator]: () => new Batches(stream, watch)
})

/** How much waits for a slow reader. */
const mostBytes = 1_048_576
const mostPieces = 1_024

const end: IteratorReturnResult<undefined> = { done: true, value: undefined }

class Batches implements AsyncIterator<Batch, undefined> {
  readonly #stream: Readable
  #held: Array<Uint8Array> = []
  #heldBytes = 0
  #ended: { readonly cause: unknown } | undefined
  #wake = () => {}

  constructor(stream: Readable, { isEnd, seen }: Watch) {
    this.#stream = stream
    stream.on("data", (piece: Uint8Array) => {
      seen(piece)
      this.#held.push(piece)
      this.#heldBytes += piece.length
      if (this.#heldBytes >= mostBytes || this.#held.length >= mostPieces) stream.pause()
      this.#wake()
    })
    builtins.stream.finished(stream, { writable: false }, (cause) => {
      this.#ended = { cause: isEnd(cause) ? undefined : cause }
      this.#wake()
    })
  }

  async next(): Promise<IteratorResult<Batch, undefined>> {
    if (this.#held.length === 0 && this.#ended === undefined) await this.#more()
    if (this.#held.length > 0) return { done: false, value: this.#taken() }
    if (this.#ended?.cause) throw this.#ended.cause
    return end
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.#stream.destroy()
    return end
  }

  /** Until this turn of the loop has read what there is to read. */
  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = () => {}
        setImmediate(resolve)
      }
    })
  }

  #taken(): Batch {
    const taken = this.#held
    this.#held = []
    this.#heldBytes = 0
    this.#stream.resume()
    return taken
  }
}
