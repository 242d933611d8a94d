/** Which file an entry is on disk: those that mixpanel_headless reads and writes, too. */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { isAccountName, isRegion } from "../../domain/account/identifiers.ts"
import { maxShrunkBytes } from "../../domain/config/configSize.ts"
import type { FileError } from "../../domain/errors.ts"
import type { CredentialFilesShape } from "../platform/CredentialFiles.ts"
import type { Locations } from "../platform/Locations.ts"

const accountFiles: Readonly<Record<string, string>> = {
  tokens: "tokens.json",
  moving: "moving-tokens.json",
  dead: "dead-refresh-token",
  me: "me.json",
  "last-test": "last-test.json"
}

/** Whether it is written under its lock only, whatever was there before. */
export const isLocked = (key: string): boolean => key === "config" || key.endsWith("/tokens")

/** How large the file of an entry may be for whoever changes it: what has grown too large already may become smaller. */
export const limitOf = (key: string): { readonly maxBytes: number } | undefined =>
  key === "config" ? { maxBytes: maxShrunkBytes } : undefined

/** The path of an entry; `null` for what is no name of an entry on disk. */
export const pathOf = (
  locations: Context.Tag.Service<Locations>,
  key: string
): Effect.Effect<string | null, FileError> => {
  const [kind, name, ...rest] = key.split("/")
  const [file = ""] = rest
  if (key === "config") return locations.config
  if (kind === "accounts" && isAccountName(name) && rest.length === 1 && Object.hasOwn(accountFiles, file)) {
    return Effect.map(locations.accountDirectory(name), (directory) => `${directory}/${accountFiles[file]}`)
  }
  if (kind === "clients" && isRegion(name) && rest.every((part) => /^[0-9a-f]{1,16}$/.test(part))) {
    const suffix = rest.map((part) => `_${part}`).join("")
    return Effect.map(locations.client(name), (path) => path.replace(/\.json$/, `${suffix}.json`))
  }
  return Effect.succeed(null)
}

const directoryOf = (path: string): string => path.replace(/[\\/][^\\/]*$/, "")

/** All entries that there are. */
export const keysOn = (
  files: CredentialFilesShape,
  locations: Context.Tag.Service<Locations>
): Effect.Effect<ReadonlyArray<string>, FileError> =>
  Effect.gen(function* () {
    const config = yield* locations.config
    const beside = yield* files.list(directoryOf(config))
    const accounts = yield* locations.accounts
    const names = (yield* files.list(accounts)).filter(isAccountName)
    const ofAccounts = yield* Effect.forEach(names, (name) =>
      Effect.map(files.list(`${accounts}/${name}`), (found) =>
        Object.entries(accountFiles)
          .filter(([, file]) => found.includes(file))
          .map(([kind]) => `accounts/${name}/${kind}`)
      )
    )
    const clients = yield* files.list(directoryOf(yield* locations.client("us")))
    return [
      ...(beside.some((name) => config.endsWith(`/${name}`)) ? ["config"] : []),
      ...ofAccounts.flat(),
      ...clients.flatMap((name) => {
        const [, parts] = /^client_(\w+)\.json$/.exec(name) ?? []
        return parts === undefined ? [] : [`clients/${parts.replaceAll("_", "/")}`]
      })
    ]
  })
