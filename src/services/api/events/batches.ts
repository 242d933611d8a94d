import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Random from "effect/Random"
import * as Stream from "effect/Stream"
import { type MixpanelEvent, readEvent } from "../../../domain/api/MixpanelEvent.ts"
import { InvalidArgument } from "../../../domain/errors.ts"
import { describeIssues } from "../../../domain/internal/decode.ts"

const maxBatchEvents = 2_000
/** The most bytes that one request may hold, before it is compressed. */
const maxBatchBytes = 2_000_000

export interface Batch {
  readonly first: number
  readonly size: number
  readonly body: Uint8Array<ArrayBuffer>
}

export type Amend = (event: MixpanelEvent) => MixpanelEvent

/**
 * The events in batches. An event without `$insert_id` gets a random one, so that a batch which is sent twice counts
 * once. An event that cannot be sent is an `InvalidArgument` that names its number (and what of it is wrong).
 */
export const batches =
  (amend: Amend = (event) => event) =>
  <E, R>(events: Stream.Stream<MixpanelEvent, E, R>): Stream.Stream<Batch, E | InvalidArgument, R> =>
    Stream.unwrap(
      Effect.map(runId, (run) => {
        const packer = new Packer(run, amend)
        return Stream.concat(
          // What comes in large chunks would become many batches at once.
          Stream.mapChunksEffect(Stream.rechunk(events, 250), (chunk) => packer.add(chunk)),
          Stream.suspend(() => Stream.fromChunk(packer.close()))
        )
      })
    )

/** 24 hexadecimal digits; with `-` and a number behind them no longer than the 36 characters that an id may have. */
const runId = Effect.map(Effect.replicateEffect(Random.nextIntBetween(0, 2 ** 32), 3), (words) =>
  words.map((word) => word.toString(16).padStart(8, "0")).join("")
)

const encoder = new TextEncoder()
const opening = 0x5b
const comma = 0x2c
const closing = 0x5d

class Packer {
  readonly #run: string
  readonly #amend: Amend
  #count = 0
  #pieces: Array<Uint8Array> = []
  #bytes = 0

  constructor(run: string, amend: Amend) {
    this.#run = run
    this.#amend = amend
  }

  add(events: Chunk.Chunk<MixpanelEvent>): Either.Either<Chunk.Chunk<Batch>, InvalidArgument> {
    return Either.gen(this, function* () {
      const full: Array<Batch> = []
      for (const event of events) {
        const piece = yield* this.#encoded(event)
        if (this.#pieces.length === maxBatchEvents || this.#bytes + piece.length + 2 > maxBatchBytes) {
          full.push(...this.close())
        }
        this.#pieces.push(piece)
        this.#bytes += piece.length + 1
        this.#count++
      }
      return Chunk.unsafeFromArray(full)
    })
  }

  close(): Chunk.Chunk<Batch> {
    const size = this.#pieces.length
    if (size === 0) return Chunk.empty()
    const body = joined(this.#pieces, this.#bytes + 1)
    this.#pieces = []
    this.#bytes = 0
    return Chunk.of({ first: this.#count - size, size, body })
  }

  #encoded(given: MixpanelEvent): Either.Either<Uint8Array, InvalidArgument> {
    const refuse = (what: string) => invalidEvent(this.#count, what)
    return Either.mapLeft(readEvent(given), (issues) => refuse(describeIssues(issues))).pipe(
      Either.flatMap((event) =>
        Either.try({
          try: () => encoder.encode(JSON.stringify(this.#amend(this.#identified(event)))),
          catch: () => refuse("its properties cannot be written as JSON")
        })
      ),
      Either.filterOrLeft(
        (piece) => piece.length + 2 <= maxBatchBytes,
        () => refuse(`it is longer than a request may be (${maxBatchBytes} bytes)`)
      )
    )
  }

  #identified({ event, properties }: MixpanelEvent): MixpanelEvent {
    const { $insert_id: id = `${this.#run}-${this.#count}` } = properties
    return { event, properties: { ...properties, $insert_id: id } }
  }
}

const invalidEvent = (index: number, what: string): InvalidArgument =>
  new InvalidArgument({
    message: `Event ${index} (counted from 0) cannot be sent: ${what}.`,
    hints: [],
    details: { index }
  })

const joined = (pieces: ReadonlyArray<Uint8Array>, length: number): Uint8Array<ArrayBuffer> => {
  const body = new Uint8Array(length)
  let at = 0
  for (const piece of pieces) {
    body[at] = at === 0 ? opening : comma
    body.set(piece, at + 1)
    at += piece.length + 1
  }
  body[at] = closing
  return body
}
