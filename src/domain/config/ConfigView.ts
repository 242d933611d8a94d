import { type ConfigDocument } from "./ConfigDocument.ts"
import { sourcesPath } from "./credentialSources.ts"
import { hidden, maskText, maskValue } from "../toml/mask.ts"
import type { TomlPath, TomlValue } from "../toml/TomlDocument.ts"

/** The file's text, comments and all, with the values of secrets hidden: those that were commented out, too. */
export const maskedText = ({ toml }: ConfigDocument): string =>
  maskText(toml, isSecret).replace(commentedOut, (all: string, head: string, key: string) =>
    isSecret([key]) ? `${head}"${hidden}"` : all
  )

const commentedOut = /(#[^\r\n]*?([\w-]*(?:secret|token|password|credential)[\w-]*)["']?\s*[=:]\s*)[^\r\n]+/gi

export const maskedValue = ({ toml }: ConfigDocument): TomlValue => maskValue(toml.value, isSecret)

const isSecret = (path: TomlPath): boolean => {
  const key = path.at(-1) ?? ""
  if (path.join(".") === "settings.custom_header.value") return true
  // What a command is, everybody sees who lists processes.
  if (sourcesPath.every((part, index) => path[index] === part)) return false
  return key !== "token_env" && /secret|token|password|credential/i.test(key)
}
