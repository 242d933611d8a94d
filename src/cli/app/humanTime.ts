/** Times as people say them; programs get ISO 8601. */

/** From the longest on: the word, and its seconds. */
const units = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1]
] as const

/** `in 42 minutes`, `3 days ago`: the distance of a time from another, both in epoch milliseconds. */
export const humanTime = (at: number, now: number): string => {
  const seconds = Math.round(Math.abs(at - now) / 1000)
  // What rounds up to a whole one is said as that one: not `in 60 minutes`.
  const index = units.findIndex(([, length], place) => seconds >= length - (units[place + 1]?.[1] ?? 0) / 2)
  const [unit, length] = units[index] ?? ["second", 1]
  const count = Math.round(seconds / length)
  if (count === 0) return "now"
  const words = `${count} ${unit}${count === 1 ? "" : "s"}`
  return at > now ? `in ${words}` : `${words} ago`
}

/** Both ways of saying it: `2026-11-26T09:00:00.000Z (in 42 minutes)`. */
export const isoAndHuman = (at: number, now: number): string => `${new Date(at).toISOString()} (${humanTime(at, now)})`
