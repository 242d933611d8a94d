/** `mp target use`, and `mp use`: everywhere, or in the working directory alone. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { nameAndId, namesOf } from "../../../domain/session/SessionNames.ts"
import { Accounts } from "../../../services/config/Accounts.ts"
import { MeCache } from "../../../services/api/MeCache.ts"
import { Targets } from "../../../services/config/Targets.ts"
import { declare } from "../../app/declare.ts"
import { argument, flag } from "../../app/facts.ts"
import { invalid } from "../../app/invalid.ts"
import { done } from "../../app/output.ts"
import { noteNotInForce } from "../../app/sessionFor.ts"
import { targetRecord } from "./show.ts"
import { unsetHere, useHere } from "./useHere.ts"

export const use = declare(
  "use",
  {
    summary: "use a target: its account, project and workspace",
    globals: {
      account: "with --here: account for this directory, instead of a target",
      project: "with --here: project for this directory, of that account or of the active one"
    },
    examples: [
      "mp use ecom",
      "mp target use ecom",
      "mp use ecom --here",
      "mp use --here --account team --project 3018488",
      "mp use --unset --here"
    ]
  },
  {
    name: argument("NAME", { description: "name of the target", required: false, requiredWithout: ["here", "unset"] }),
    here: flag("here", { description: "in the working directory and below it only" }),
    unset: flag("unset", { description: "with --here: remove what was set for the working directory" })
  },
  function* ({ here, name, unset }) {
    if (unset && !here) return yield* invalid("--unset needs --here.", { flags: [["here"]] }, { without: ["unset"] })
    if (unset) return yield* unsetHere(name)
    if (here) return yield* useHere(name)
    yield* Effect.transposeOption(Option.map(name, useEverywhere))
  }
)

const useEverywhere = (name: string) =>
  Effect.gen(function* () {
    const targets = yield* Targets
    const accounts = yield* Accounts
    const cache = yield* MeCache
    const target = yield* targets.use(name)
    const account = yield* accounts.get(target.account)
    const names = namesOf(yield* cache.names({ account, origin: "config" }), target.project, target.workspace)
    const workspace = Option.match(target.workspace, { onNone: () => "", onSome: (id) => `, workspace ${id}` })
    const project = nameAndId(names.project, target.project)
    yield* done([`Active: ${target.account} → ${project}${workspace}`], targetRecord(target))
    yield* noteNotInForce({ account: target.account, project: target.project })
  })
