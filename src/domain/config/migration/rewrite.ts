import * as Option from "effect/Option"
import { type Account, encodeAccount } from "../../account/Account.ts"
import { clearActive } from "../edits/Edit.ts"
import * as Config from "../ConfigDocument.ts"
import type { ConfigDocument } from "../ConfigDocument.ts"
import { encodeTarget, type Target } from "../../session/SavedSession.ts"
import * as Toml from "../../toml/TomlDocument.ts"
import { isTable, ownValue, tableAt } from "../../toml/TomlValue.ts"
import { type ActivePlan, activeKeysToday } from "./OldActive.ts"

export interface Parts {
  readonly accounts: ReadonlyArray<Account>
  readonly targets: ReadonlyArray<Target>
  readonly active: ActivePlan
}

export const rewrite = (document: ConfigDocument, { accounts, active, targets }: Parts): ConfigDocument =>
  Config.withToml(
    document,
    [
      withoutForeign,
      withAccounts(accounts),
      withTargets(targets),
      withActive(active, new Set(accounts.map(({ name }) => name))),
      withoutOldTables
    ].reduce((toml, change) => change(toml), document.toml)
  )

type Change = (toml: Toml.TomlDocument) => Toml.TomlDocument

const removing = (toml: Toml.TomlDocument, paths: ReadonlyArray<Toml.TomlPath>): Toml.TomlDocument =>
  paths.reduce((edited, path) => Toml.remove(edited, path), toml)

const tables = ["accounts", "targets", "active"]

/** The root keys that are not today's, and those of today's names that are no tables. */
const withoutForeign: Change = (toml) =>
  removing(
    toml,
    Object.entries(toml.value).flatMap(([key, value]) => {
      if (key === "settings" || key === "credentials" || key === "projects") return []
      return tables.includes(key) && isTable(value) ? [] : [[key]]
    })
  )

/** Last, so that what replaces them can stand where they stood. */
const withoutOldTables: Change = (toml) => removing(toml, [["credentials"], ["projects"]])

const withAccounts =
  (accounts: ReadonlyArray<Account>): Change =>
  (toml) => {
    const staying = new Set<string>(accounts.map(({ name }) => name))
    const old = Object.entries(tableAt(toml.value, ["accounts"])).filter(
      ([name, block]) => !staying.has(name) && !(isTable(block) && ownValue(block, "type") !== undefined)
    )
    const pruned = removing(
      toml,
      old.map(([name]) => ["accounts", name])
    )
    return accounts.reduce(
      (edited, account) => Toml.putTable(edited, ["accounts", account.name], encodeAccount(account)),
      pruned
    )
  }

const withTargets =
  (targets: ReadonlyArray<Target>): Change =>
  (toml) =>
    targets.reduce((edited, target) => Toml.putTable(edited, ["targets", target.name], encodeTarget(target)), toml)

const withActive =
  ({ account, project, workspace }: ActivePlan, converted: ReadonlySet<string>): Change =>
  (toml) => {
    const stale = Object.keys(tableAt(toml.value, ["active"])).filter((key) => !activeKeysToday.includes(key))
    const pruned = removing(
      toml,
      stale.map((key) => ["active", key])
    )
    const values: ReadonlyArray<readonly [Toml.TomlPath, Option.Option<Toml.TomlScalar>]> = [
      [["active", "account"], account],
      [["active", "workspace"], workspace],
      ...Option.toArray(account)
        .filter((name) => !converted.has(name))
        .map((name) => [["accounts", name, "default_project"], project] as const)
    ]
    const chosen = values.reduce(
      (edited, [path, value]) => (Option.isSome(value) ? Toml.set(edited, path, value.value) : edited),
      pruned
    )
    return clearActive(chosen, [])
  }
