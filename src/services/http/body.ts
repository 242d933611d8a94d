/** Reading the body of a response that is not going to be handed on: a little of it, and not for long. */
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { maxReasonBytes } from "../../domain/api/Scrub.ts"
import { withDeadline } from "./deadline.ts"

const patienceMillis = 5_000

/** At most the first 64 KiB of a body as text; what cannot be read within 5 s is empty. */
export const readBeginning = (response: HttpClientResponse.HttpClientResponse): Effect.Effect<string> =>
  Stream.runFoldWhile(
    response.stream,
    noBytes,
    (read) => read.size < maxReasonBytes,
    (read, chunk): Bytes => ({ size: read.size + chunk.length, chunks: [...read.chunks, chunk] })
  ).pipe(
    Effect.map((read) => Buffer.concat(read.chunks).subarray(0, maxReasonBytes).toString("utf8")),
    withDeadline(patienceMillis, () => "slow" as const),
    Effect.option,
    Effect.map(Option.getOrElse(() => ""))
  )

/** Reads what little there is, so that the connection can serve the next attempt; a long body is cut off. */
export const discard = (response: HttpClientResponse.HttpClientResponse): Effect.Effect<void> =>
  Effect.asVoid(readBeginning(response))

interface Bytes {
  readonly size: number
  readonly chunks: ReadonlyArray<Uint8Array>
}

const noBytes: Bytes = { size: 0, chunks: [] }
