import * as Effect from "effect/Effect"
import { isAccountName, isRegion } from "../../domain/account/identifiers.ts"
import { maxShrunkBytes } from "../../domain/config/configSize.ts"
import type { FileError } from "../../domain/errors.ts"
import type { Locations } from "../platform/Locations.ts"

export const entryFiles: Readonly<Record<string, string>> = {
  me: "me.json",
  "last-test": "last-test.json",
  dead: "dead-refresh-token",
  moving: "moving-tokens.json",
  tokens: "tokens.json"
}

export const isLocked = (key: string): boolean => key === "config" || key.endsWith("/tokens")

/** How large the file of an entry may be for whoever changes it: what has grown too large already may become smaller. */
export const limitOf = (key: string): { readonly maxBytes: number } | undefined =>
  key === "config" ? { maxBytes: maxShrunkBytes } : undefined

export const pathOf = (locations: Locations["Type"], key: string): Effect.Effect<string | null, FileError> => {
  const [kind, name, ...rest] = key.split("/")
  const [file = ""] = rest
  if (key === "config") return locations.config
  if (kind === "accounts" && isAccountName(name) && rest.length === 1 && Object.hasOwn(entryFiles, file)) {
    return Effect.map(locations.accountDirectory(name), (directory) => `${directory}/${entryFiles[file]}`)
  }
  if (kind === "clients" && isRegion(name) && rest.every((part) => /^[0-9a-f]{1,16}$/.test(part))) {
    const suffix = rest.map((part) => `_${part}`).join("")
    return Effect.map(locations.client(name), (path) => path.replace(/\.json$/, `${suffix}.json`))
  }
  return Effect.succeed(null)
}
