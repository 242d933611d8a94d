import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Account } from "../../domain/account/Account.ts"
import type { AccountName } from "../../domain/account/identifiers.ts"
import type { CredentialFilesShape } from "../platform/CredentialFiles.ts"
import type { Locations } from "../platform/Locations.ts"
import { type CredentialStorageShape, mostAtOnce } from "../storage/CredentialStorage.ts"

interface Places {
  readonly files: CredentialFilesShape
  readonly locations: Locations["Type"]
  readonly storage: CredentialStorageShape
}

/** Reads it for each account that may have something stored. */
export const storedFor = Effect.fnUntraced(function* <A>(
  { files, locations, storage }: Places,
  accounts: ReadonlyArray<Account>,
  read: (account: Account) => Effect.Effect<Option.Option<A>>
) {
  const found = new Map<AccountName, A>()
  const isListed = !storage.isShared && accounts.length > 1
  const known = isListed ? yield* listed(files, locations, accounts) : accounts
  const look = (account: Account) =>
    Effect.map(read(account), (stored) => {
      if (Option.isSome(stored)) found.set(account.name, stored.value)
    })
  yield* Effect.forEach(known, look, { concurrency: storage.isShared ? mostAtOnce : 1, discard: true })
  return found
})

/**
 * One look at the directory of all, in place of several at each. A directory that cannot be listed may hold something of
 * every account, and a file system may ignore case.
 */
const listed = (
  files: Places["files"],
  locations: Places["locations"],
  accounts: ReadonlyArray<Account>
): Effect.Effect<ReadonlyArray<Account>> =>
  Effect.match(Effect.flatMap(locations.accounts, files.list), {
    onFailure: () => accounts,
    onSuccess: (names) => {
      const stored = new Set(names.map((name) => name.toLowerCase()))
      return stored.size === 0 ? [] : accounts.filter(({ name }) => stored.has(name.toLowerCase()))
    }
  })
