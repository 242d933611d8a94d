/** `mp workspace use`. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { command } from "../../../domain/hints/Command.ts"
import { InvalidArgument } from "../../../domain/errors.ts"
import { parseWorkspaceId } from "../../../domain/account/identifiers.ts"
import { ActiveSessions } from "../../../services/config/ActiveSessions.ts"
import { argument } from "../../app/facts.ts"
import { declare } from "../../app/declare.ts"
import { Globals } from "../../app/Globals.ts"
import { done } from "../../app/output.ts"

export const use = declare(
  "use",
  { summary: "pin a workspace for the active account", examples: ["mp workspace use 3448414"] },
  { id: argument("ID", { description: "id of the workspace", required: true }) },
  (given) =>
    Effect.gen(function* () {
      const { account } = yield* Globals
      const id = yield* Either.mapLeft(
        parseWorkspaceId(given.id),
        (message) => new InvalidArgument({ message: `ID ${message}.`, hints: [command`mp workspace use ID`] })
      )
      const sessions = yield* ActiveSessions
      yield* sessions.useWorkspace(id, { account: Option.getOrUndefined(account) })
      yield* done([`Active workspace: ${id}`], { name: String(id), workspace: id })
    })
)
