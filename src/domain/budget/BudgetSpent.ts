import { command } from "../hints/Command.ts"
import { errorClass } from "../internal/errorClass.ts"
import type { BudgetState } from "./QueryLog.ts"

interface Spent {
  readonly project: string
  readonly found: BudgetState
}

const why = ({ ahead, blocked, limits, now, running, used }: BudgetState): string => {
  if (blocked > now) return "was asked too often, and Mixpanel wants to be left alone (429)"
  const behind = ahead === 0 ? "" : `, and ${ahead} more wait before this one`
  return used + ahead >= limits.queries
    ? `has sent ${used} of the ${limits.queries} queries that it may within an hour${behind}`
    : `has ${running} queries running, of the ${limits.atOnce} that it may at once${behind}`
}

const secondsOf = ({ now, roomAt }: BudgetState): number => Math.ceil((roomAt - now) / 1000)

const timeOf = ({ roomAt }: BudgetState): string =>
  new Date(Math.ceil(roomAt / 1000) * 1000).toISOString().replace(".000Z", "Z")

export const waitingWords = ({ found, project }: Spent): string =>
  `Project ${project} ${why(found)}. Waiting for room, at the latest until ${timeOf(found)} (${secondsOf(found)} s).`

/**
 * The project has no query left at the moment (60 an hour, 5 at once), or the server asked that nothing be sent (429). Nothing
 * was sent.
 * @since 0.1.0
 * @category errors
 */
export class BudgetSpent extends errorClass("BudgetSpent", "RATE_LIMITED", ({ found, project }: Spent) => {
  const [seconds, roomAt] = [secondsOf(found), timeOf(found)]
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
