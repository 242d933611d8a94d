/** Targets as records of the contract. */
import * as Option from "effect/Option"
import type { Target } from "../../../domain/session/Target.ts"
import * as argument from "../../app/argument.ts"
import type { Fields } from "../../app/Json.ts"

export const name = argument.text("NAME", "name of the target")

export const targetRecord = ({ account, name, project, workspace }: Target): Fields => ({
  name,
  account,
  project,
  workspace: Option.getOrNull(workspace)
})
