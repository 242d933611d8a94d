/** What is left of the queries that Mixpanel lets a project send, where something is known of it. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { BudgetState } from "../../../domain/budget/QueryLog.ts"
import type { Session } from "../../../domain/session/Session.ts"
import { budgetKey } from "../../../services/api/budgeted.ts"
import { known } from "../../../services/budget/BudgetEngine.ts"
import { diskBudget } from "../../../services/budget/DiskBudget.ts"
import { QueryBudget } from "../../../services/budget/QueryBudget.ts"
import { CredentialFiles } from "../../../services/platform/CredentialFiles.ts"
import { Locations } from "../../../services/platform/Locations.ts"
import { humanTime } from "../../app/humanTime.ts"

/** Of the app that the command is mounted in, else of this machine. Nobody is asked, and what cannot be read is not known. */
export const knownQueries = (session: Session) =>
  Effect.gen(function* () {
    const ofApp = yield* Effect.serviceOption(QueryBudget)
    const key = yield* budgetKey(session)
    if (Option.isSome(ofApp)) return yield* ofApp.value.known(key)
    return yield* known(diskBudget(yield* CredentialFiles, yield* Locations, {}), key)
  }).pipe(Effect.catchAll(({ message }) => Effect.as(Effect.logDebug(message), Option.none<BudgetState>())))

const left = ({ limits, used }: BudgetState): number => Math.max(0, limits.queries - used)

export const queryFields = (answer: BudgetState) => ({
  left: left(answer),
  limit: answer.limits.queries,
  used: answer.used,
  running: answer.running,
  room_at: answer.roomAt > answer.now ? new Date(answer.roomAt).toISOString() : null
})

export const queryPhrase = (answer: BudgetState): string => {
  const { limits, now, roomAt, running } = answer
  const room = roomAt > now ? `; room ${humanTime(roomAt, now)} at the latest` : ""
  return `${left(answer)} of ${limits.queries} left within an hour, ${running} of ${limits.atOnce} running${room}`
}
