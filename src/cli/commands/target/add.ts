import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { AccountName, parse, TargetName } from "../../../domain/account/identifiers.ts"
import { command } from "../../../domain/hints/Command.ts"
import { Target } from "../../../domain/session/SavedSession.ts"
import { Targets } from "../../../services/config/Targets.ts"
import { declare } from "../../app/declare.ts"
import { Globals } from "../../app/Globals.ts"
import { checked, invalid } from "../../app/invalid.ts"
import { done } from "../../app/output.ts"
import { name, targetRecord } from "./show.ts"

/** The target that the command line describes; account and project have no default here. */
const newTarget = (nameText: string) =>
  Effect.gen(function* () {
    const { account, project, workspace } = yield* Globals
    if (Option.isNone(account) || Option.isNone(project)) {
      const missing = [
        ...(Option.isNone(account) ? [["account", "NAME"] as const] : []),
        ...(Option.isNone(project) ? [["project", "ID"] as const] : [])
      ]
      const names = missing.map(([flag]) => `--${flag}`).join(" and ")
      return yield* invalid(`${names} ${missing.length === 1 ? "is" : "are"} missing.`, { flags: missing })
    }
    return new Target({
      name: yield* checked("NAME", parse(TargetName)(nameText), help),
      account: yield* checked("--account", parse(AccountName)(account.value), help),
      project: project.value,
      workspace
    })
  })

const help = command`mp target add --help`

export const add = declare(
  "add",
  {
    summary: "save account, project and perhaps workspace under a name",
    globals: {
      account: "account of the target (required)",
      project: "project of the target (required)",
      workspace: "workspace of the target"
    },
    examples: ["mp target add ecom --account team --project 3018488 --workspace 3448414"]
  },
  { name },
  function* ({ name }) {
    const targets = yield* Targets
    const target = yield* targets.add(yield* newTarget(name))
    yield* done([`Added target '${target.name}'.`], targetRecord(target))
  }
)
