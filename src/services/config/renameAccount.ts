/** Renames an account: apart from `Accounts`, which the fast path has. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { AccountName } from "../../domain/account/identifiers.ts"
import * as Edits from "../../domain/config/ConfigEdits.ts"
import { moveAccount } from "../tokens/moveAccount.ts"
import { ConfigStore } from "./ConfigStore.ts"

/**
 * The account, its directory, and all of the configuration that names it. Killed at any moment, the name that the
 * configuration has is that of a whole account; a copy under the other name is all that may be left.
 */
export const renameAccount = (name: string, next: AccountName) =>
  Effect.gen(function* () {
    const store = yield* ConfigStore
    const edit = Edits.renameAccount(name, next)
    // What is refused is refused before anything is copied.
    const { result } = yield* Effect.flatMap(store.get, edit)
    return yield* moveAccount(result.account.name, next, {
      commit: store.modify(edit),
      isUnchanged: Effect.map(store.get, (now) => Either.isRight(edit(now)))
    })
  })
