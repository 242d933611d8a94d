/** `[settings] audit`: which lines the audit file gets. mixpanel_headless keeps the key and ignores it. */
import * as Either from "effect/Either"
import type { ConfigError } from "../errors.ts"
import { command } from "../hints/Command.ts"
import { valueAt } from "../toml/TomlValue.ts"
import { type ConfigDocument, problemAt } from "./ConfigText.ts"

/** `all`: a line for each bearer that another program got, too. */
export type AuditSetting = "on" | "off" | "all"

const settings = new Map<unknown, AuditSetting>([
  [undefined, "on"],
  [true, "on"],
  [false, "off"],
  ["all", "all"]
])

export const auditSetting = (document: ConfigDocument): Either.Either<AuditSetting, ConfigError> => {
  const set = settings.get(valueAt(document.toml.value, ["settings", "audit"]))
  return set === undefined
    ? Either.left(
        problemAt(document, ["settings", "audit"], 'must be true, false or "all"', [command`mp config unset audit`])
      )
    : Either.right(set)
}
