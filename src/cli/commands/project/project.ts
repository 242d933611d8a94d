/** `mp project`: which project. */
import { command } from "../../../domain/hints/Command.ts"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { InvalidArgument } from "../../../domain/errors.ts"
import { parse, ProjectId } from "../../../domain/account/identifiers.ts"
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

const refreshFlag = Flag.toggle("refresh", { description: "ask Mixpanel, and not the answer kept for 24 h" })

const use = leaf(
  {
    name: "use",
    summary: "set the default project of the active account",
    arguments: { id: Flag.argument("ID", "id of the project") },
    globals: { account: "account to set it for, instead of the active one" },
    examples: ["mp project use 3018488"]
  },
  (_, args) =>
    Effect.gen(function* () {
      const { account } = yield* Globals
      const id = yield* Either.mapLeft(
        parse(ProjectId)(args.id),
        (message) => new InvalidArgument({ message: `ID ${message}.`, hints: [command`mp project use ID`] })
      )
      const sessions = yield* ActiveSessions
      const changed = yield* sessions.useProject(id, { account: Option.getOrUndefined(account) })
      yield* done([`Default project of '${changed.name}': ${id}`], { name: changed.name, default_project: id })
    })
)

const listProjects = leaf(
  {
    name: "list",
    summary: "list the projects that the account can see",
    flags: { refresh: refreshFlag },
    examples: ["mp project list", "mp project list --format json | jq -r '.[].id'"]
  },
  onDemand(
    () => import("./list.run.ts"),
    ({ projectList }) => projectList
  )
)

const show = leaf(
  { name: "show", summary: "show the project that a command run now would use", examples: ["mp project show"] },
  () =>
    Effect.gen(function* () {
      const resolved = yield* resolution
      const id = yield* Either.flatMap(
        Either.orElse(resolved.project, () => resolved.identity),
        () => resolved.project
      )
      const cache = yield* MeCache
      const me = Either.isRight(resolved.identity) ? yield* cache.names(resolved.identity.right) : Option.none()
      const names = namesOf(me, id, Option.none())
      yield* record(
        { id, name: names.project, organization: names.organization },
        { table: () => text`${nameAndId(names.project, id)}\n` }
      )
    })
)

export const project = group("project", "projects: what the calls are about", [listProjects, use, show])
