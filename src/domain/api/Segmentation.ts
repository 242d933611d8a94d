/** The segmentation query: what may be asked, checked before it is sent, and what is answered. */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { type DecodeIssue, decodeTolerant, withMessage } from "../internal/decode.ts"
import type { InvalidArgument } from "../errors.ts"
import { type Days, daysProblem, invalidQuery } from "./days.ts"

/** The lengths of time that an answer can be divided into. */
export const segmentationUnits = ["minute", "hour", "day", "week", "month"] as const
export type SegmentationUnit = (typeof segmentationUnits)[number]

/**
 * One event over a span of days, both included.
 *
 * @see https://developer.mixpanel.com/reference/segmentation-query
 */
export interface SegmentationQuery extends Days {
  readonly event: string
  /** `day` when left out, by the server. */
  readonly unit?: SegmentationUnit | undefined
  /** The property expression to segment by, such as `properties["country"]`. */
  readonly on?: string | undefined
  /** An expression that events must satisfy. */
  readonly where?: string | undefined
}

/** Counts by segment and date; segments and dates as the server names them. */
export interface Segmentation {
  /** The dates, in order. */
  readonly series: ReadonlyArray<string>
  readonly values: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** How many segments there are. */
  readonly legendSize: number
}

const Answer = Schema.Struct({
  data: Schema.Struct({
    series: Schema.Array(Schema.String),
    values: Schema.Record({ key: Schema.String, value: Schema.Record({ key: Schema.String, value: Schema.Number }) })
  }),
  legend_size: Schema.Number
}).annotations(withMessage("must be the answer of a segmentation query"))

const decodeAnswer = decodeTolerant(Answer)

/** Reads the server's answer. */
export const decodeSegmentation = (input: unknown): Either.Either<Segmentation, ReadonlyArray<DecodeIssue>> =>
  Either.map(decodeAnswer(input), ({ data, legend_size }) => ({ ...data, legendSize: legend_size }))

/** The query's parameters by the names that the server knows, or what is wrong with them. */
export const segmentationParameters = (
  query: SegmentationQuery
): Either.Either<ReadonlyArray<readonly [string, string]>, InvalidArgument> => {
  const wrong = firstProblem(query)
  if (wrong !== undefined) return Either.left(wrong)
  const { event, from, on, to, unit, where } = query
  const optional = Object.entries({ unit, on, where }).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as const]
  )
  return Either.right([["event", event], ["from_date", from], ["to_date", to], ...optional])
}

const firstProblem = ({ event, from, to, unit }: SegmentationQuery): InvalidArgument | undefined => {
  if (event === "") return invalidQuery("The event's name is empty.", { flags: [["event", "NAME"]] })
  const wrong = daysProblem({ from, to })
  if (wrong !== undefined) return wrong
  return unit === undefined || segmentationUnits.some((known) => known === unit)
    ? undefined
    : invalidQuery(`The unit must be one of ${segmentationUnits.join(", ")}.`, { flags: [["unit", "day"]] })
}
