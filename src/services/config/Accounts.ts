import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { Account } from "../../domain/account/Account.ts"
import * as Edits from "../../domain/config/ConfigEdits.ts"
import type { EditError, LockError } from "../../domain/errors.ts"
import { Audit } from "../audit/Audit.ts"
import { type AccountReading, makeForReading } from "./accountReading.ts"
import { ConfigStore } from "./ConfigStore.ts"
import type { CheckHistory } from "../login/CheckHistory.ts"
import type { StoringError } from "../../domain/storage/StorageError.ts"
import { tokenOf } from "../tokens/tokenFamily.ts"
import { type LeftBehind, TokenStore } from "../tokens/TokenStore.ts"
import type { Crypto } from "../platform/Crypto.ts"

export type { AccountDetails, AccountStatus, AccountSummary, BrokenAccount } from "./accountReading.ts"

export interface RemovedAccount extends Edits.RemovedAccount {
  /** Its directory, and what is in it that is not ours. A broken block owns none. */
  readonly left: Option.Option<LeftBehind>
}

type AccountEditError = EditError | LockError

/**
 * The accounts of the configuration: listed, added, changed, removed.
 *
 * @example
 * ```ts
 * const account = Effect.flatMap(Accounts, (accounts) => accounts.use("team"))
 * ```
 * @since 0.1.0
 * @category services
 */
export class Accounts extends Context.Tag("effect-mixpanel/Accounts")<
  Accounts,
  AccountReading & {
    /** Adds an account, with what gives its credential where it is not in it; the first one becomes active. */
    readonly add: (account: Account, source?: Edits.NewSource) => Effect.Effect<Edits.AddedAccount, AccountEditError>
    /** Changes what is given. What belongs to the former identity (caches, another region's login) is dropped. */
    readonly update: (
      name: string,
      changes: Edits.AccountChanges
    ) => Effect.Effect<Edits.UpdatedAccount, AccountEditError | StoringError>
    /** Removes an account with its tokens and caches; of a block that was broken, the block alone. */
    readonly remove: (
      name: string,
      options?: { readonly force?: boolean }
    ) => Effect.Effect<RemovedAccount, AccountEditError | StoringError>
    /** Makes an account active and clears the pinned workspace, in one write. */
    readonly use: (name: string) => Effect.Effect<Account, AccountEditError>
  }
>() {}

export const make = Effect.gen(function* () {
  const store = yield* ConfigStore
  const tokens = yield* TokenStore
  const audit = yield* Audit

  return Accounts.of({
    ...(yield* makeForReading),
    add: (account, source) => store.modify(Edits.addAccount(account, Option.fromNullable(source))),
    update: Effect.fn("Accounts.update")(function* (name, changes) {
      const updated = yield* store.modify(Edits.updateAccount(name, changes))
      const { account, identityChanged } = updated
      if (identityChanged) yield* tokens.forgetCaches(account.name)
      if (account.type === "oauth_browser" && identityChanged) yield* tokens.remove(account.name)
      return updated
    }),
    remove: Effect.fn("Accounts.remove")(function* (name, options) {
      const removed = yield* store.modify(Edits.removeAccount(name, { force: options?.force === true }))
      const owned = Option.filter(removed.account, () => Option.isNone(removed.neighbour))
      const stored = Option.map(owned, (account) => Effect.option(tokens.get(account.name)))
      const login = Option.flatten(Option.flatten(yield* Effect.transposeOption(stored)))
      const left = Option.map(owned, (account) => tokens.forget(account.name))
      const answer = { ...removed, left: yield* Effect.transposeOption(left) }
      if (Option.isSome(removed.account)) {
        yield* audit.record({ event: "remove", account: name, token: tokenOf(removed.account.value, login) })
      }
      return answer
    }),
    use: (name) => store.modify(Edits.useAccount(name))
  })
})

/**
 * `Accounts` over the configuration and what is stored for each account.
 *
 * @example
 * ```ts
 * const accounts = Layers.accounts.pipe(Layer.provide(layer))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<Accounts, never, Audit | ConfigStore | Crypto | TokenStore | CheckHistory> =
  Layer.effect(Accounts, make)
