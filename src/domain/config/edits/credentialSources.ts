import { type CredentialSource, defaultTimeoutSeconds } from "../../account/CredentialSource.ts"
import type { AccountType } from "../../account/Account.ts"
import { variableOfSources } from "../../account/Account.ts"
import * as Toml from "../../toml/TomlDocument.ts"
import { tableAt } from "../../toml/TomlValue.ts"
import type { ConfigDocument } from "../ConfigDocument.ts"
import { hasSource, sourcesPath } from "../credentialSources.ts"
import { onToml, removeKey } from "./Edit.ts"

/**
 * A command or a file that is to give a credential.
 * @since 0.1.0
 * @category models
 */
export type NewSource =
  | { readonly kind: "command"; readonly words: ReadonlyArray<string> }
  | { readonly kind: "file"; readonly path: string }

/**
 * A new source as it is used once it is written, with the time that it has.
 * @since 0.1.0
 * @category utilities
 */
export const sourceWith = (source: NewSource, timeoutSeconds = defaultTimeoutSeconds): CredentialSource =>
  source.kind === "command" ? { ...source, timeoutSeconds } : source

/** What stands in the block of the account, for mixpanel_headless, in place of a credential. */
export const inPlaceOfCredential = (type: AccountType): Readonly<Record<string, string | null>> => {
  switch (type) {
    case "service_account":
      return { secret: "" }
    case "oauth_browser":
      return {}
    case "oauth_token":
      return { token: null, token_env: variableOfSources }
  }
}

export const putSource = (
  document: ConfigDocument,
  { name, type }: { readonly name: string; readonly type: AccountType },
  source: NewSource
): ConfigDocument => {
  const { timeout } = tableAt(document.toml.value, [...sourcesPath, name])
  const given: Toml.TomlEntries =
    source.kind === "file"
      ? [["token_file", source.path]]
      : [[type === "service_account" ? "secret" : "token", source.words]]
  const kept: Toml.TomlEntries = source.kind === "command" && typeof timeout === "number" ? [["timeout", timeout]] : []
  return onToml(document, (toml) => Toml.putTable(toml, [...sourcesPath, name], [...given, ...kept]))
}

export const removeSource = (document: ConfigDocument, name: string): ConfigDocument =>
  hasSource(document, name) ? removeKey(document, [...sourcesPath, name]) : document
