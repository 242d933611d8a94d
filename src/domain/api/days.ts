/** Spans of days, as the queries of the API take them. */
import type { Again } from "../hints/Command.ts"
import { InvalidArgument } from "../errors.ts"

/** The first day and the last one, both included, as `YYYY-MM-DD` in the project's timezone. */
export interface Days {
  readonly from: string
  readonly to: string
}

/** What is wrong with a span of days, if anything is. */
export const daysProblem = ({ from, to }: Days): InvalidArgument | undefined => {
  if (!isDate(from))
    return invalidQuery(["from"], "The first day (from) must be a date such as 2026-01-31.", ["from", "YYYY-MM-DD"])
  if (!isDate(to))
    return invalidQuery(["to"], "The last day (to) must be a date such as 2026-01-31.", ["to", "YYYY-MM-DD"])
  return from <= to
    ? undefined
    : invalidQuery(["from"], `The first day (${from}) is after the last one (${to}).`, ["from", to], ["to", from])
}

type Flag = NonNullable<Again["flags"]>[number]

/** A query that was not sent: where in it the fault is, and the flags of `mp` that would mend it. */
export const invalidQuery = (
  path: ReadonlyArray<string | number>,
  message: string,
  ...flags: ReadonlyArray<Flag>
): InvalidArgument =>
  new InvalidArgument({ message, hints: [], again: flags.length === 0 ? [] : [{ flags }], details: { path } })

/** `YYYY-MM-DD` of a day that exists. */
const isDate = (text: unknown): boolean => {
  if (typeof text !== "string" || !/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text)) return false
  const at = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text)
}
