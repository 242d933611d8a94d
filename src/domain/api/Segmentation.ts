import * as Either from "effect/Either"
import * as Equal from "effect/Equal"
import * as Hash from "effect/Hash"
import * as Schema from "effect/Schema"
import { encodedAs } from "../internal/encodedAs.ts"
import { sameJson } from "../internal/jsonValue.ts"
import { onDemand } from "../internal/onDemand.ts"
import { decodeTolerant, Finite, isNonEmptyText, withMessage } from "../internal/decode.ts"
import type { InvalidArgument } from "../errors.ts"
import { type Days, daysProblem, invalidQuery } from "./days.ts"

export const segmentationUnits = ["minute", "hour", "day", "week", "month"] as const
/**
 * How long an interval of a segmentation is.
 * @since 0.1.0
 * @category models
 */
export type SegmentationUnit = (typeof segmentationUnits)[number]

/**
 * One event over a span of days, both included.
 *
 * @see https://developer.mixpanel.com/reference/segmentation-query
 * @since 0.1.0
 * @category models
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

const texts = () => Schema.Array(Schema.String)
const counts = () => Schema.Record({ key: Key, value: Schema.Record({ key: Key, value: Finite }) })

/** What an object of JSON has as a key, and every object of JavaScript, too. */
const Key = Schema.String.pipe(Schema.filter((key) => key !== "__proto__"))

const fields = () => ({ series: texts(), values: counts(), legendSize: Finite })

const onTheWire = () =>
  Schema.transform(
    Schema.Struct({ data: Schema.Struct({ series: texts(), values: counts() }), legend_size: Finite }),
    Schema.Struct(fields()),
    {
      strict: true,
      decode: ({ data, legend_size: legendSize }) => ({ ...data, legendSize }),
      encode: ({ legendSize, series, values }) => ({ data: { series, values }, legend_size: legendSize })
    }
  ).annotations(withMessage("must be the answer of a segmentation query"))

/**
 * Counts by segment and date; segments and dates as the server names them. `series` has the dates in order, `values` the
 * counts by segment and date, `legendSize` is the number of segments. Its encoded side is the answer of the API.
 *
 * @since 0.1.0
 * @category models
 * @example
 * ```ts
 * new Segmentation({ series: ["2026-01-01"], values: { Login: { "2026-01-01": 3 } }, legendSize: 1 })
 * ```
 */
export class Segmentation extends onDemand(() =>
  encodedAs(Schema.Class<Segmentation>("Segmentation")(fields()), onTheWire())
) {
  /** Equal by value. */
  [Equal.symbol](that: Equal.Equal): boolean {
    return that instanceof Segmentation && sameJson({ ...this }, { ...that })
  }
  /** The same for equal values. */
  [Hash.symbol](): number {
    return Hash.string(this.series.join())
  }
}

export const decodeSegmentation = decodeTolerant(Segmentation)

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
  if (!isNonEmptyText(event)) return invalidQuery(["event"], "The event's name (event) is empty.", ["event", "NAME"])
  const wrong = daysProblem({ from, to })
  if (wrong !== undefined) return wrong
  return unit === undefined || segmentationUnits.some((known) => known === unit)
    ? undefined
    : invalidQuery(["unit"], `The unit (unit) must be one of ${segmentationUnits.join(", ")}.`, ["unit", "day"])
}
