import * as Option from "effect/Option"
import { command } from "../../../domain/hints/Command.ts"
import { parseWorkspaceId } from "../../../domain/account/identifiers.ts"
import { ActiveSessions } from "../../../services/config/ActiveSessions.ts"
import { argument } from "../../app/facts.ts"
import { declare } from "../../app/declare.ts"
import { Globals } from "../../app/Globals.ts"
import { checked } from "../../app/invalid.ts"
import { done } from "../../app/output.ts"
import { noteNotInForce } from "../../app/sessionFor.ts"

export const use = declare(
  "use",
  { summary: "pin a workspace for the active account", examples: ["mp workspace use 3448414"] },
  { id: argument("ID", { description: "id of the workspace", required: true }) },
  function* (given) {
    const { account } = yield* Globals
    const id = yield* checked("ID", parseWorkspaceId(given.id), command`mp workspace use ID`)
    const sessions = yield* ActiveSessions
    yield* sessions.useWorkspace(id, { account: Option.getOrUndefined(account) })
    yield* done([`Active workspace: ${id}`], { name: String(id), workspace: id })
    yield* noteNotInForce({ workspace: String(id) })
  }
)
