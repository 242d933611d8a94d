import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { ProjectId, WorkspaceId } from "../../account/identifiers.ts"
import type { TomlTable } from "../../toml/TomlDocument.ts"
import { ownValue, tableAt } from "../../toml/TomlValue.ts"
import { nameTodayOf, type OldAccount } from "./OldAccounts.ts"
import { keyOf, projectOf, workspaceOf } from "./OldBlocks.ts"
import type { OldFormat } from "./OldFormat.ts"
import { type LeftOut, type MigrationStep, noPlace } from "./steps.ts"

export interface ActivePlan {
  readonly account: Option.Option<string>
  readonly project: Option.Option<ProjectId>
  readonly workspace: Option.Option<WorkspaceId>
  readonly steps: ReadonlyArray<MigrationStep>
  readonly left: ReadonlyArray<LeftOut>
}

export const activeKeysToday = ["account", "workspace"]

/** Plans `[active]`: what it says already stays, then 2.x is asked, then 0.3. */
export const planActive = (root: TomlTable, format: OldFormat, old: ReadonlyArray<OldAccount>): ActivePlan => {
  const table = tableAt(root, ["active"])
  const choice = chosen(root, table, format, old)
  const project = Option.filter(projectOf(table), () => Option.isSome(choice.account))
  const workspace = Option.filter(workspaceOf(table), () => Option.isSome(choice.account))
  const account = Option.getOrElse(choice.account, () => "")
  const placed = [...choice.keys, ...keyOf(project), ...keyOf(workspace)]
  const unplaced = Object.keys(table).filter((key) => !placed.includes(key) && !activeKeysToday.includes(key))
  return {
    account: choice.account,
    project: Option.map(project, ([, id]) => id),
    workspace: Option.map(workspace, ([, id]) => id),
    steps: [
      ...choice.steps,
      ...keyOf(project).map((key) => ({ from: `[active].${key}`, to: `[accounts.${account}].default_project` })),
      ...keyOf(workspace)
        .filter((key) => key !== "workspace")
        .map((key) => ({ from: `[active].${key}`, to: "[active].workspace" }))
    ],
    left: [...choice.left, ...unplaced.map((key) => noPlace(["active"], key))]
  }
}

interface Choice {
  readonly account: Option.Option<string>
  readonly keys: ReadonlyArray<string>
  readonly steps: ReadonlyArray<MigrationStep>
  readonly left: ReadonlyArray<LeftOut>
}

const chosen = (root: TomlTable, table: TomlTable, format: OldFormat, old: ReadonlyArray<OldAccount>): Choice => {
  const present = ownValue(table, "account")
  const wishes = [
    { key: "[active] credential", value: ownValue(table, "credential") },
    { key: "default", value: ownValue(root, "default") }
  ].filter(({ value }) => value !== undefined)
  const found = wishes.map(({ key, value }) => ({
    key,
    name: typeof value === "string" ? nameTodayOf(root, old, value) : Option.none<string>()
  }))
  const wish = found.find(({ name }) => Option.isSome(name))
  const keys = ["credential"]
  const left = found
    .filter((one) => one !== wish || present !== undefined)
    .map(({ key, name }) => ({
      what: key,
      reason: Option.isSome(name) ? "something else decides what is active" : "it names no account"
    }))
  if (typeof present === "string") return { account: Option.some(present), keys, steps: [], left }
  if (wish !== undefined) return { account: wish.name, keys, steps: [stepTo(wish.key, wish.name)], left }
  const first = format === "0.3" && wishes.length === 0 ? firstOf(old) : Option.none()
  const steps = Option.toArray(first).map(() => stepTo("no default: the first account", first))
  return { account: first, keys, steps, left }
}

const firstOf = (old: ReadonlyArray<OldAccount>): Option.Option<string> =>
  Option.map(Option.fromNullable(old.find(({ converted }) => Either.isRight(converted))), ({ nameToday }) => nameToday)

const stepTo = (from: string, account: Option.Option<string>): MigrationStep => ({
  from,
  to: `[active].account = "${Option.getOrElse(account, () => "")}"`
})
