/** `mp workspace`: which part of the project. */
import { command } from "../../../domain/hints/Command.ts"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { InvalidArgument } from "../../../domain/errors.ts"
import { parseWorkspaceId, type WorkspaceId } from "../../../domain/account/identifiers.ts"
import type { Resolution } from "../../../domain/session/Resolution.ts"
import { nameAndId, namesOf } from "../../../domain/session/SessionNames.ts"
import { ActiveSessions } from "../../../services/config/ActiveSessions.ts"
import { MeCache } from "../../../services/api/MeCache.ts"
import { group, leaf } from "../../app/declare.ts"
import * as Flag from "../../app/flag.ts"
import { Globals } from "../../app/Globals.ts"
import { onDemand } from "../../app/lazyHandler.ts"
import { done, record } from "../../app/output.ts"
import { resolution } from "../../app/sessionFor.ts"
import { text } from "../../app/TerminalText.ts"

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
        (message) => new InvalidArgument({ message: `ID ${message}.`, hints: [command`mp workspace use ID`] })
      )
      const sessions = yield* ActiveSessions
      yield* sessions.useWorkspace(id, { account: Option.getOrUndefined(account) })
      yield* done([`Active workspace: ${id}`], { name: String(id), workspace: id })
    })
)

const listWorkspaces = leaf(
  {
    name: "list",
    summary: "list the workspaces of the project",
    flags: { refresh: Flag.toggle("refresh", { description: "ask Mixpanel, and not the answer kept for 24 h" }) },
    examples: ["mp workspace list", "mp -p 3018488 workspace list --refresh"]
  },
  onDemand(
    () => import("./list.run.ts"),
    ({ workspaceList }) => workspaceList
  )
)

/** The name behind the id, from the cache: no network. */
const nameOf = ({ identity, project }: Resolution, id: Option.Option<WorkspaceId>) =>
  Effect.gen(function* () {
    if (Either.isLeft(identity) || Either.isLeft(project)) return null
    const cache = yield* MeCache
    return namesOf(yield* cache.names(identity.right), project.right, id).workspace
  })

const show = leaf(
  { name: "show", summary: "show the workspace that a command run now would use", examples: ["mp workspace show"] },
  () =>
    Effect.gen(function* () {
      const resolved = yield* resolution
      const id = yield* resolved.workspace
      const name = yield* nameOf(resolved, id)
      const shown = Option.match(id, {
        onNone: () => "none: it is resolved on first use",
        onSome: (known) => nameAndId(name, known)
      })
      yield* record({ id: Option.getOrNull(id), name }, { table: () => text`${shown}\n` })
    })
)

export const workspace = group("workspace", "workspaces: which part of the project", [listWorkspaces, use, show])
