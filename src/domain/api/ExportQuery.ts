import * as Either from "effect/Either"
import type { InvalidArgument } from "../errors.ts"
import { isNonEmptyText } from "../internal/decode.ts"
import { type Days, daysProblem, invalidQuery } from "./days.ts"

/**
 * The raw events of a span of days, both included, in the project's timezone.
 *
 * @see https://developer.mixpanel.com/reference/raw-event-export
 * @since 0.1.0
 * @category models
 */
export interface ExportQuery extends Days {
  /** Events of these names only; all of them unless given. */
  readonly events?: ReadonlyArray<string> | undefined
  /** An expression that events must satisfy, such as `properties["plan"] == "pro"`. */
  readonly where?: string | undefined
  /** At most so many events (up to 100,000, says the server). */
  readonly limit?: number | undefined
}

export const exportParameters = (
  query: ExportQuery
): Either.Either<Readonly<Record<string, string>>, InvalidArgument> => {
  const wrong = daysProblem(query) ?? ownProblem(query)
  if (wrong !== undefined) return Either.left(wrong)
  const { events, from, limit, to, where } = query
  return Either.right({
    from_date: from,
    to_date: to,
    ...(events === undefined ? {} : { event: JSON.stringify(events) }),
    ...(where === undefined ? {} : { where }),
    ...(limit === undefined ? {} : { limit: String(limit) })
  })
}

const ownProblem = ({ events, limit = 1, where = "" }: ExportQuery): InvalidArgument | undefined => {
  if (events !== undefined && !Array.isArray(events))
    return invalidQuery(["events"], "The names (events) must be a list.")
  const wrong = events?.findIndex((name) => !isNonEmptyText(name)) ?? -1
  if (wrong !== -1) return invalidQuery(["events", wrong], `The name of an event (events[${wrong}]) is empty.`)
  if (typeof where !== "string") return invalidQuery(["where"], "The expression (where) must be a text.")
  return Number.isSafeInteger(limit) && limit > 0
    ? undefined
    : invalidQuery(["limit"], "The limit (limit) must be a positive whole number.")
}
