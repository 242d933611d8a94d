/** `mp workspace`: which part of the project. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { InvalidArgument } from "../../domain/errors.ts"
import { parseWorkspaceId } from "../../domain/identifiers.ts"
import { ActiveSessions } from "../../services/ActiveSessions.ts"
import { group, leaf } from "../CommandTree.ts"
import * as Flag from "../Flag.ts"
import { Globals } from "../Globals.ts"
import { done, record } from "../Output.ts"
import { resolution } from "../Resolved.ts"

const use = leaf(
  {
    name: "use",
    summary: "pin a workspace for the active account",
    arguments: { id: Flag.argument("ID", "id of the workspace") },
    examples: ["mp workspace use 3448414"]
  },
  (_, args) =>
    Effect.gen(function* () {
      const { account } = yield* Globals
      const id = yield* Either.mapLeft(
        parseWorkspaceId(args.id),
        (message) => new InvalidArgument({ message: `ID ${message}.`, hints: ["mp workspace use 3448414"] })
      )
      const sessions = yield* ActiveSessions
      yield* sessions.useWorkspace(id, { account: Option.getOrUndefined(account) })
      yield* done([`Active workspace: ${id}`], { name: String(id), workspace: id })
    })
)

const show = leaf(
  { name: "show", summary: "show the workspace that a command run now would use", examples: ["mp workspace show"] },
  () =>
    Effect.gen(function* () {
      const resolved = yield* resolution
      const id = Option.getOrNull(yield* resolved.workspace)
      const text = id === null ? "none: it is resolved on first use" : String(id)
      yield* record({ id, name: null }, { table: () => `${text}\n` })
    })
)

export const workspace = group("workspace", "workspaces: which part of the project", [use, show])
