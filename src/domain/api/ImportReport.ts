import * as Either from "effect/Either"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { type DecodeIssue, decodeTolerant, optionalKey } from "../internal/decode.ts"
import { lazy } from "../internal/lazy.ts"

/**
 * An event that Mixpanel refused, and why. It is not imported; the others of its batch are.
 *
 * @since 0.1.0
 * @category models
 */
export interface FailedRecord {
  /** The event's number in the stream, counted from 0. */
  readonly index: number
  readonly insertId: Option.Option<string>
  /** The property that is wrong, such as `properties.time`. */
  readonly field: Option.Option<string>
  readonly message: string
}

/**
 * What became of a batch: `sent` events were sent, `accepted` of them were imported, and the rest is told one by one.
 *
 * @since 0.1.0
 * @category models
 */
export interface ImportReport {
  /** The number of the batch's first event in the stream, counted from 0. */
  readonly first: number
  readonly sent: number
  readonly accepted: number
  readonly failedRecords: ReadonlyArray<FailedRecord>
}

const decode = lazy(() =>
  decodeTolerant(
    Schema.Struct({
      num_records_imported: Schema.Number,
      failed_records: Schema.optionalWith(
        Schema.Array(
          Schema.Struct({
            index: Schema.Number,
            insertId: optionalKey(Schema.String, "insert_id"),
            field: optionalKey(Schema.String, "field"),
            message: Schema.String
          })
        ),
        { default: () => [] }
      )
    })
  )
)

export const readReport = (
  json: unknown,
  { first, sent }: Pick<ImportReport, "first" | "sent">
): Either.Either<ImportReport, ReadonlyArray<DecodeIssue>> =>
  Either.map(decode()(json), ({ failed_records: failed, num_records_imported: accepted }) => ({
    first,
    sent,
    accepted,
    failedRecords: failed.map((record) => ({ ...record, index: first + record.index }))
  }))
