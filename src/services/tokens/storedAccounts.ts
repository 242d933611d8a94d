/** Which of many accounts may have anything stored: one look at the directory of all, in place of several at each. */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { Account } from "../../domain/account/Account.ts"
import type { CredentialFilesShape } from "../platform/CredentialFiles.ts"
import type { Locations } from "../platform/Locations.ts"

/** A directory that cannot be listed may hold something of every account, and a file system may ignore case. */
export const storedAccounts = (
  files: CredentialFilesShape,
  locations: Context.Tag.Service<Locations>,
  accounts: ReadonlyArray<Account>
): Effect.Effect<ReadonlyArray<Account>> =>
  accounts.length < 2
    ? Effect.succeed(accounts)
    : Effect.match(Effect.flatMap(locations.accounts, files.list), {
        onFailure: () => accounts,
        onSuccess: (names) => {
          const stored = new Set(names.map((name) => name.toLowerCase()))
          return accounts.filter(({ name }) => stored.has(name.toLowerCase()))
        }
      })
