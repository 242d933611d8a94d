/** The segmentation query: what may be asked, checked before it is sent, and what is answered. */
import type { Again } from "../hints/Command.ts"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { type DecodeIssue, decodeTolerant, withMessage } from "../internal/decode.ts"
import { InvalidArgument } from "../errors.ts"

/** The lengths of time that an answer can be divided into. */
export const segmentationUnits = ["minute", "hour", "day", "week", "month"] as const
export type SegmentationUnit = (typeof segmentationUnits)[number]

/**
 * One event over a span of days, both included.
 *
 * @see https://developer.mixpanel.com/reference/segmentation-query
 */
export interface SegmentationQuery {
  readonly event: string
  /** The first day, as `YYYY-MM-DD`, in the project's timezone. */
  readonly from: string
  /** The last day, as `YYYY-MM-DD`. */
  readonly to: string
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
  if (event === "") return invalid("The event's name is empty.", { flags: [["event", "NAME"]] })
  if (!isDate(from))
    return invalid("The first day must be a date such as 2026-01-31.", { flags: [["from", "YYYY-MM-DD"]] })
  if (!isDate(to)) return invalid("The last day must be a date such as 2026-01-31.", { flags: [["to", "YYYY-MM-DD"]] })
  if (from > to)
    return invalid(`The first day (${from}) is after the last one (${to}).`, {
      flags: [
        ["from", to],
        ["to", from]
      ]
    })
  return unit === undefined || segmentationUnits.some((known) => known === unit)
    ? undefined
    : invalid(`The unit must be one of ${segmentationUnits.join(", ")}.`, { flags: [["unit", "day"]] })
}

/** `YYYY-MM-DD` of a day that exists. */
const isDate = (text: string): boolean => {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text)) return false
  const at = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text)
}

const invalid = (message: string, again: Again): InvalidArgument =>
  new InvalidArgument({ message, hints: [], again: [again] })
