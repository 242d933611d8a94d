/** The one way out of `[active]`. */
import * as Toml from "../toml/TomlDocument.ts"
import { tableAt } from "../toml/TomlValue.ts"

/** Drops keys of `[active]`, and the block itself when nothing is left in it. */
export const clearActive = (toml: Toml.TomlDocument, keys: ReadonlyArray<string>): Toml.TomlDocument => {
  const cleared = keys.reduce((edited, key) => Toml.remove(edited, ["active", key]), toml)
  return Object.keys(tableAt(cleared.value, ["active"])).length === 0 ? Toml.remove(cleared, ["active"]) : cleared
}
