import * as Effect from "effect/Effect"
import { ActiveSessions } from "../../../services/config/ActiveSessions.ts"
import { SessionResolver } from "../../../services/session/SessionResolver.ts"
import { declare } from "../../app/declare.ts"
import { sessionRequest } from "../../app/Globals.ts"
import { done, notice } from "../../app/output.ts"

/** What still gives one, above what was unset. */
const noteStillGiven = Effect.gen(function* () {
  const { inspect } = yield* SessionResolver
  const { explain } = yield* inspect(yield* sessionRequest)
  const winner = explain.workspace.find(({ status }) => status === "used")
  if (winner !== undefined) yield* notice(`${winner.origin} sets one: workspace ${winner.value} is used.`)
}).pipe(Effect.ignore)

export const unset = declare(
  "unset",
  { summary: "unpin the workspace; it is found on first use again", examples: ["mp workspace unset"] },
  {},
  function* () {
    const { unsetWorkspace } = yield* ActiveSessions
    const changed = yield* unsetWorkspace
    const said = changed ? "The workspace is no longer pinned: it is resolved on first use." : "No workspace is pinned."
    yield* done([said], { name: null, workspace: null, changed })
    yield* noteStillGiven
  }
)
