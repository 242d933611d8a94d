import * as Option from "effect/Option"
import type { Target } from "../../../domain/session/SavedSession.ts"
import { Targets } from "../../../services/config/Targets.ts"
import { declare } from "../../app/declare.ts"
import { argument } from "../../app/facts.ts"
import type { Fields } from "../../app/Json.ts"
import { record } from "../../app/output.ts"

export const name = argument("NAME", { description: "name of the target", required: true })

export const targetRecord = ({ account, name, project, workspace }: Target): Fields => ({
  name,
  account,
  project,
  workspace: Option.getOrNull(workspace)
})

export const show = declare(
  "show",
  { summary: "show a target", examples: ["mp target show ecom"] },
  { name },
  function* ({ name }) {
    const targets = yield* Targets
    yield* record(targetRecord(yield* targets.show(name)))
  }
)
