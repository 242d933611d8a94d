import * as Option from "effect/Option"
import type { TomlDocument, TomlPath, TomlTable, TomlValue } from "../../toml/TomlDocument.ts"
import { isTable, ownValue, tableAt } from "../../toml/TomlValue.ts"

/** `0.3`: a flat file. `2.x`: credentials, saved projects and an active choice. */
export type OldFormat = "0.3" | "2.x"

export interface Recognised {
  readonly format: OldFormat
  readonly key: TomlPath
}

export const recognise = ({ text, value }: TomlDocument): Option.Option<Recognised> => {
  if (ownValue(value, "config_version") !== undefined) return found("2.x", ["config_version"])
  if (isTable(ownValue(value, "credentials"))) return found("2.x", ["credentials"])
  if (typeof ownValue(value, "default") === "string") return found("0.3", ["default"])
  const flat = mayHoldFlatAccounts(text) ? flatAccount(tableAt(value, ["accounts"])) : undefined
  return flat === undefined ? Option.none() : found("0.3", ["accounts", flat])
}

/**
 * Whether a key of the text can be `project_id` at all, as it is or in escapes. Looking through the accounts
 * themselves would be the dearest step of reading a large file after its parse. The pattern is a part of that key: V8
 * searches forty times as fast for fewer than seven characters of which the first is rare.
 */
const mayHoldFlatAccounts = (text: string): boolean => text.includes("ject_i") || text.includes("\\")

const flatAccount = (accounts: TomlTable): string | undefined =>
  Object.keys(accounts).find((name) => isFlatAccount(accounts[name]))

const found = (format: OldFormat, key: TomlPath): Option.Option<Recognised> => Option.some({ format, key })

const isFlatAccount = (block: TomlValue | undefined): boolean =>
  isTable(block) && ownValue(block, "type") === undefined && ownValue(block, "project_id") !== undefined
