import * as Either from "effect/Either"
import { InvalidArgument } from "../../errors.ts"
import { command } from "../../hints/Command.ts"
import type * as Toml from "../../toml/TomlDocument.ts"
import { tableAt, valueAt } from "../../toml/TomlValue.ts"
import * as Config from "../ConfigDocument.ts"
import { type Edit, removeKey, setKey } from "./Edit.ts"

/**
 * Sets a key. A header has a name and a value: with a name alone, it is sent empty.
 * @since 0.1.0
 * @category edits
 */
export const setSetting =
  (key: string, value: string | boolean): Edit<void> =>
  (document) =>
    Either.gen(function* () {
      yield* Config.section(document, "settings")
      const header = tableAt(document.toml.value, ["settings", "custom_header"])
      if (key === "custom_header.value" && header["name"] === undefined) return yield* Either.left(headerNeedsName)
      const next = setKey(document, pathOf(key), value)
      return {
        document:
          key === "custom_header.name" && header["value"] === undefined
            ? setKey(next, pathOf("custom_header.value"), "")
            : next,
        result: undefined
      }
    })

/**
 * Removes a key, and whether it was there. A header without one of its halves is none.
 * @since 0.1.0
 * @category edits
 */
export const unsetSetting =
  (key: string): Edit<boolean> =>
  (document) =>
    Either.map(Config.section(document, "settings"), () => {
      const path = key.startsWith("custom_header.") ? pathOf("custom_header") : pathOf(key)
      return { document: removeKey(document, path), result: valueAt(document.toml.value, path) !== undefined }
    })

const pathOf = (key: string): Toml.TomlPath => ["settings", ...key.split(".")]

const headerNeedsName = new InvalidArgument({
  message: "A header has a name before it has a value.",
  hints: [command`mp config set custom_header.name NAME`]
})
