/** There is no room for a query. */
import { command } from "../hints/Command.ts"
import { errorClass } from "../internal/errorClass.ts"
import type { Answer } from "./QueryLog.ts"

interface Spent {
  readonly project: string
  /** What was told of the project's queries. */
  readonly found: Answer
}

const why = ({ ahead, blocked, limits, now, running, used }: Answer): string => {
  if (blocked > now) return "was asked too often, and Mixpanel wants to be left alone (429)"
  const behind = ahead === 0 ? "" : `, and ${ahead} more wait before this one`
  return used + ahead >= limits.queries
    ? `has sent ${used} of the ${limits.queries} queries that it may within an hour${behind}`
    : `has ${running} queries running, of the ${limits.atOnce} that it may at once${behind}`
}

/**
 * The project has no query left at the moment (60 an hour, 5 at once), or the server asked that nothing be sent (429). Nothing
 * was sent.
 * @since 0.1.0
 * @category errors
 */
export class BudgetSpent extends errorClass("BudgetSpent", "RATE_LIMITED", ({ found, project }: Spent) => {
  const seconds = Math.ceil((found.roomAt - found.now) / 1000)
  const roomAt = new Date(Math.ceil(found.roomAt / 1000) * 1000).toISOString().replace(".000Z", "Z")
  return {
    message: `Project ${project} ${why(found)}. There is room at ${roomAt} (in ${seconds} s) at the latest. Nothing was sent.`,
    again: [{ flags: [["wait"]] }, { after: command`sleep ${seconds}` }],
    details: {
      project,
      limit: found.limits.queries,
      used: found.used,
      running: found.running,
      room_at: roomAt,
      retry_after: seconds,
      sent: false
    }
  }
}) {}
