import type { Again } from "../hints/Command.ts"
import { InvalidArgument } from "../errors.ts"

/** The first day and the last one, both included, as `YYYY-MM-DD` in the project's timezone. */
export interface Days {
  readonly from: string
  readonly to: string
}

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

export const invalidQuery = (
  path: ReadonlyArray<string | number>,
  message: string,
  ...flags: ReadonlyArray<Flag>
): InvalidArgument =>
  new InvalidArgument({ message, hints: [], again: flags.length === 0 ? [] : [{ flags }], details: { path } })

const isDate = (text: unknown): boolean => {
  if (typeof text !== "string" || !/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text)) return false
  const at = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text)
}
