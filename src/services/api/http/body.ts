import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { maxReasonBytes } from "../../../domain/api/Scrub.ts"
import { withDeadline } from "./deadline.ts"
import { gatherBeginning, legibleText } from "./gather.ts"

const patienceMillis = 5_000

/** At most the first 64 KiB of a body as text; what cannot be read within 5 s is empty. */
export const readBeginning = (response: HttpClientResponse.HttpClientResponse): Effect.Effect<string> =>
  gatherBeginning(response, maxReasonBytes).pipe(
    Effect.map(legibleText),
    withDeadline(patienceMillis, () => "slow" as const),
    Effect.option,
    Effect.map(Option.getOrElse(() => ""))
  )

/** Reads what little there is, so that the connection can serve the next attempt; a long body is cut off. */
export const discard = (response: HttpClientResponse.HttpClientResponse): Effect.Effect<void> =>
  Effect.asVoid(readBeginning(response))
