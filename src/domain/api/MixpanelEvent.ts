import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { type DecodeIssue, decodeTolerant, describeIssues, NonEmptyText, withMessage } from "../internal/decode.ts"
import { isRecord, parseJson } from "../internal/json.ts"
import { onDemand } from "../internal/onDemand.ts"

/**
 * What happened, and everything that is known about it: `time` (epoch seconds or milliseconds), `distinct_id`,
 * `$insert_id` and the event's own properties, as JSON has them.
 *
 * @see https://developer.mixpanel.com/reference/import-events
 * @since 0.1.0
 * @category models
 * @example
 * ```ts
 * const event: MixpanelEvent = {
 *   event: "Signed up",
 *   properties: { time: 1767225600, distinct_id: "user-1", $insert_id: "5d958f87-542d-4c10-9422-0ed75893dc81", plan: "pro" }
 * }
 * ```
 */
export const MixpanelEvent = onDemand(() =>
  Schema.Struct({
    event: NonEmptyText,
    properties: Schema.Record({ key: Schema.String, value: Schema.Unknown }).annotations(
      withMessage("must be an object")
    )
  }).annotations({ identifier: "MixpanelEvent" })
)
export type MixpanelEvent = typeof MixpanelEvent.Type

const decode = decodeTolerant(MixpanelEvent)

/** An event, or what it lacks of one. The schema is asked only about what is none: there may be millions. */
export const readEvent = (value: unknown): Either.Either<MixpanelEvent, ReadonlyArray<DecodeIssue>> => {
  if (!isRecord(value)) return decode(value)
  const { event, properties } = value
  return typeof event === "string" && event !== "" && isRecord(properties)
    ? Either.right({ event, properties })
    : decode(value)
}

export const readLine = (line: string): Either.Either<MixpanelEvent, string> =>
  Either.mapLeft(parseJson(line), (problem) =>
    // What Mixpanel writes where it gives up in the middle of an answer of 200.
    line.startsWith("terminated early") ? "the export was terminated early by Mixpanel" : problem
  ).pipe(Either.flatMap((json) => Either.mapLeft(readEvent(json), describeIssues)))
