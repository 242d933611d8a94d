import * as Either from "effect/Either"
import type { Account } from "../../account/Account.ts"
import type { AccountName } from "../../account/identifiers.ts"
import { checkNewName } from "../../account/newAccountName.ts"
import { InvalidArgument } from "../../errors.ts"
import { type Command, command } from "../../hints/Command.ts"
import * as Toml from "../../toml/TomlDocument.ts"
import { setInItem } from "../../toml/TomlList.ts"
import { isTable, tableAt } from "../../toml/TomlValue.ts"
import * as Config from "../ConfigDocument.ts"
import { listName, rulesNaming } from "../directories.ts"
import { sourcesPath } from "../credentialSources.ts"
import { type Edit, isActive, onToml, requireAccount, requireTables } from "./Edit.ts"

/**
 * What renaming an account did.
 * @since 0.1.0
 * @category models
 */
export interface RenamedAccount {
  /** The account as it was. */
  readonly account: Account
  /** The targets that follow it. */
  readonly targets: ReadonlyArray<string>
  /** The paths of the rules of `[[directories]]` that follow it. */
  readonly directories: ReadonlyArray<string>
}

/**
 * Renames an account together with `[active]`, targets, rules and settings that name it.
 * @since 0.1.0
 * @category edits
 */
export const renameAccount =
  (name: string, next: AccountName): Edit<RenamedAccount> =>
  (document) =>
    Either.gen(function* () {
      const [accounts] = yield* requireTables(document)
      const account = yield* requireAccount(document, name, "OLD")
      if (name === next) return yield* Either.left(sameName(name))
      const others = Object.keys(accounts).filter((other) => other !== name)
      yield* checkNewName(next, others, (free) => renaming(name, free))
      const targets = Config.targetsOf(document, name)
      const naming: ReadonlyArray<Toml.TomlPath> = [
        ...(isActive(document, name) ? [["active", "account"]] : []),
        ...targets.map((target) => ["targets", target, "account"]),
        ...settingsNaming(tableAt(document.toml.value, ["settings"]), name, ["settings"])
      ]
      const tables = [
        ["accounts", name],
        ...[["settings", "accounts"], sourcesPath].flatMap((path) =>
          Object.hasOwn(tableAt(document.toml.value, path), name) ? [[...path, name]] : []
        )
      ]
      const rules = rulesNaming(document, "account", name)
      return {
        document: onToml(document, (toml) => {
          const named = naming.reduce((edited, path) => Toml.set(edited, path, next), toml)
          const ruled = rules.reduce(
            (edited, { index }) => setInItem(edited, [listName], index, "account", next),
            named
          )
          return tables.reduce((edited, path) => Toml.rename(edited, path, next), ruled)
        }),
        result: { account, targets, directories: rules.map(({ path }) => path) }
      }
    })

/** The keys named `account`, at any depth, that say the name. */
const settingsNaming = (table: Toml.TomlTable, name: string, path: Toml.TomlPath): ReadonlyArray<Toml.TomlPath> =>
  Object.entries(table).flatMap(([key, value]) => {
    if (isTable(value)) return settingsNaming(value, name, [...path, key])
    return key === "account" && value === name ? [[...path, key]] : []
  })

/** Names that begin with a hyphen stand behind `--`. */
const renaming = (name: string, next: string): Command => {
  const names = [name, next]
  return command`mp account rename ${names.some((one) => one.startsWith("-")) ? ["--", ...names] : names}`
}

const sameName = (name: string) =>
  new InvalidArgument({
    message: `Account '${name}' has that name already.`,
    hints: [command`mp account list`],
    details: { account: name }
  })
