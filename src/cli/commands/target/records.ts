/** Targets as records of the contract. */
import * as Option from "effect/Option"
import type { Target } from "../../../domain/session/Target.ts"
import { argument } from "../../app/facts.ts"
import type { Fields } from "../../app/Json.ts"

export const name = argument("NAME", { description: "name of the target", required: true })

export const targetRecord = ({ account, name, project, workspace }: Target): Fields => ({
  name,
  account,
  project,
  workspace: Option.getOrNull(workspace)
})
