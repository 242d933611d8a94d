import * as Effect from "effect/Effect"
import { isAccountName } from "../../domain/account/identifiers.ts"
import type { FileError } from "../../domain/errors.ts"
import type { CredentialFilesShape } from "../platform/CredentialFiles.ts"
import type { Locations } from "../platform/Locations.ts"
import { entryFiles } from "./diskKeys.ts"

const directoryOf = (path: string): string => path.replace(/[\\/][^\\/]*$/, "")

export const keysOn = (
  files: CredentialFilesShape,
  locations: Locations["Type"]
): Effect.Effect<ReadonlyArray<string>, FileError> =>
  Effect.gen(function* () {
    const config = yield* locations.config
    const beside = yield* files.list(directoryOf(config))
    const accounts = yield* locations.accounts
    const names = (yield* files.list(accounts)).filter(isAccountName)
    const ofAccounts = yield* Effect.forEach(names, (name) =>
      Effect.map(files.list(`${accounts}/${name}`), (found) =>
        Object.entries(entryFiles)
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
