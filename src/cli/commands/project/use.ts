import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { command } from "../../../domain/hints/Command.ts"
import { parse, ProjectId } from "../../../domain/account/identifiers.ts"
import { MeCache } from "../../../services/api/MeCache.ts"
import { ActiveSessions } from "../../../services/config/ActiveSessions.ts"
import { argument } from "../../app/facts.ts"
import { declare } from "../../app/declare.ts"
import { Globals } from "../../app/Globals.ts"
import { checked } from "../../app/invalid.ts"
import { done, notice } from "../../app/output.ts"
import { noteNotInForce } from "../../app/sessionFor.ts"

export const use = declare(
  "use",
  {
    summary: "set the default project of the active account",
    globals: { account: "account to set it for, instead of the active one" },
    examples: ["mp project use 3018488"]
  },
  { id: argument("ID", { description: "id of the project", required: true }) },
  function* (given) {
    const { account } = yield* Globals
    const id = yield* checked("ID", parse(ProjectId)(given.id), command`mp project use ID`)
    const sessions = yield* ActiveSessions
    const changed = yield* sessions.useProject(id, { account: Option.getOrUndefined(account) })
    yield* done([`Default project of '${changed.name}': ${id}`], { name: changed.name, default_project: id })
    const me = yield* Effect.flatMap(MeCache, ({ names }) => names({ account: changed, origin: "config" }))
    if (Option.exists(me, ({ projects }) => !Object.hasOwn(projects, id))) {
      yield* notice(`Account '${changed.name}' does not see project ${id} (mp project list --refresh asks again).`)
    }
    yield* noteNotInForce({ account: changed.name, project: id })
  }
)
