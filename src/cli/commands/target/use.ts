/** `mp target use`. */
import * as Option from "effect/Option"
import { nameAndId, namesOf } from "../../../domain/session/SessionNames.ts"
import { Accounts } from "../../../services/config/Accounts.ts"
import { MeCache } from "../../../services/api/MeCache.ts"
import { Targets } from "../../../services/config/Targets.ts"
import { declare } from "../../app/declare.ts"
import { done } from "../../app/output.ts"
import { name, targetRecord } from "./show.ts"

export const use = declare(
  "use",
  {
    summary: "use a target: its account, project and workspace",
    examples: ["mp use ecom", "mp target use ecom"]
  },
  { name },
  function* ({ name }) {
    const targets = yield* Targets
    const accounts = yield* Accounts
    const cache = yield* MeCache
    const target = yield* targets.use(name)
    const account = yield* accounts.get(target.account)
    const names = namesOf(yield* cache.names({ account, origin: "config" }), target.project, target.workspace)
    const workspace = Option.match(target.workspace, { onNone: () => "", onSome: (id) => `, workspace ${id}` })
    const project = nameAndId(names.project, target.project)
    yield* done([`Active: ${target.account} → ${project}${workspace}`], targetRecord(target))
  }
)
