import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type { Account } from "../../domain/account/Account.ts"
import type { AccountName } from "../../domain/account/identifiers.ts"
import type { OAuthTokenError } from "../../domain/oauth/OAuthError.ts"
import { type OAuthTokens, tokensText } from "../../domain/oauth/OAuthTokens.ts"
import {
  type ClaimError,
  plainly,
  type StorageError,
  type StoringError,
  type Superseded
} from "../../domain/storage/StorageError.ts"
import { CredentialFiles, type FileLock } from "../platform/CredentialFiles.ts"
import { Locations } from "../platform/Locations.ts"
import { type ClaimOptions, CredentialStorage, type Version, whatever } from "../storage/CredentialStorage.ts"
import { caches } from "../storage/cacheEntries.ts"
import { entryFiles } from "../storage/diskKeys.ts"
import { storedFor } from "./storedAccounts.ts"
import { type StoredTokens, tokenEntry } from "./tokenEntry.ts"

/**
 * The right to spend the refresh token that was stored, and the place for what comes of it.
 * @since 0.1.0
 * @category models
 */
export interface TokenClaim {
  /** Who claimed the same tokens before, and never said what became of them. */
  readonly abandonedBy: Option.Option<string>
  /** To be done last before the refresh token is sent. */
  readonly confirm: Effect.Effect<void, ClaimError>
  /** Stores what came of it, unless somebody else has logged in or out meanwhile. */
  readonly commit: (tokens: OAuthTokens) => Effect.Effect<void, ClaimError>
  /** Deletes the tokens, unless they are others by now. */
  readonly remove: Effect.Effect<boolean, ClaimError>
  /** Says that nothing was sent. */
  readonly unspent: Effect.Effect<void>
}

/** What stays of an account's directory because it is not ours. */
export interface LeftBehind {
  readonly directory: string
  /** The names in it; none when the directory is gone. */
  readonly names: ReadonlyArray<string>
}

/**
 * What `TokenStore` offers.
 * @since 0.1.0
 * @category services
 */
export interface TokenStoreShape {
  /** Where the tokens of an account are kept, for messages. */
  readonly describe: (account: AccountName) => Effect.Effect<string>
  /** The tokens of an account; `None` when it was never logged in. */
  readonly get: (account: AccountName) => Effect.Effect<Option.Option<OAuthTokens>, OAuthTokenError | StorageError>
  /** The same, with what a claim has to name. */
  readonly stored: (account: AccountName) => Effect.Effect<Option.Option<StoredTokens>, OAuthTokenError | StorageError>
  /** The tokens of many accounts; those that cannot be read are left out, as are those that were never there. */
  readonly ofAccounts: (accounts: ReadonlyArray<Account>) => Effect.Effect<ReadonlyMap<AccountName, OAuthTokens>>
  /** Of all who claim a version one has it, until its scope ends. */
  readonly claim: (
    account: AccountName,
    version: Version,
    how?: ClaimOptions
  ) => Effect.Effect<TokenClaim, ClaimError, Scope.Scope>
  /** Stores tokens in place of those of that version; the answer is theirs. */
  readonly replace: (
    account: AccountName,
    version: Version,
    tokens: OAuthTokens
  ) => Effect.Effect<Version, StorageError | Superseded>
  /** Stores tokens in place of any others. */
  readonly put: (account: AccountName, tokens: OAuthTokens) => Effect.Effect<void, StoringError>
  /** Stores the tokens of a login whose account is not known yet: what could make storing fail is known now. */
  readonly putPending: (tokens: OAuthTokens) => Effect.Effect<void, StoringError>
  readonly removePending: Effect.Effect<boolean, StoringError>
  /** Deletes the tokens; `false` when there were none. */
  readonly remove: (account: AccountName) => Effect.Effect<boolean, StoringError>
  /** Notes which refresh token the server called dead: it is not sent again. */
  readonly markDead: (account: AccountName, note: string) => Effect.Effect<void, StoringError>
  /** The note of the refresh token that is known to be dead, as it was given. */
  readonly dead: (account: AccountName) => Effect.Effect<Option.Option<string>, StoringError>
  /**
   * Forgets all that is stored for an account: tokens, caches, and the directory, unless something else is in it. The
   * answer is what that is.
   */
  readonly forget: (account: AccountName) => Effect.Effect<LeftBehind, StoringError>
  /** Forgets what was learned with another credential or region, and keeps the tokens. */
  readonly forgetCaches: (account: AccountName) => Effect.Effect<boolean, StoringError>
}

/**
 * The tokens of accounts.
 *
 * @example
 * ```ts
 * const tokens = Effect.flatMap(TokenStore, (store) => store.get(AccountName.make("me")))
 * ```
 * @since 0.1.0
 * @category services
 */
export class TokenStore extends Context.Tag("effect-mixpanel/TokenStore")<TokenStore, TokenStoreShape>() {}

/** Everything that is ever stored for an account on disk; what else is in its directory is not ours. Tokens go last. */
export const accountFiles = ["bridges.json", ...Object.values(entryFiles)]

export const make = Effect.gen(function* () {
  const files = yield* CredentialFiles
  const locations = yield* Locations
  const storage = yield* CredentialStorage

  const key = (account: AccountName, entry = "tokens") => `accounts/${account}/${entry}`

  const { read, textOf } = tokenEntry(storage)

  const put = (account: AccountName, entry: string, value: string): Effect.Effect<void, StoringError> =>
    Effect.asVoid(whatever(storage.put(key(account, entry), value, { expected: "any" })))

  const removed = (account: AccountName, entries: ReadonlyArray<string>): Effect.Effect<boolean, StoringError> =>
    Effect.map(
      Effect.forEach(entries, (entry) => whatever(storage.remove(key(account, entry), "any"))),
      (all) => all.includes(true)
    )

  const forgetLocked = (account: AccountName, lock: FileLock) =>
    Effect.gen(function* () {
      const directory = yield* locations.accountDirectory(account)
      for (const file of accountFiles) yield* files.remove(`${directory}/${file}`)
      return { directory, names: yield* lock.removeDirectory }
    })

  const stored: TokenStoreShape["stored"] = (account) => read(account, key(account))

  const get: TokenStoreShape["get"] = (account) =>
    Effect.map(
      stored(account),
      Option.map(({ tokens }) => tokens)
    )

  return TokenStore.of({
    describe: (account) => storage.describe(key(account)),
    get,
    stored,
    ofAccounts: (accounts) =>
      storedFor({ files, locations, storage }, accounts, ({ name }) =>
        Effect.map(Effect.option(get(name)), Option.flatten)
      ),
    claim: (account, version, how) =>
      Effect.mapBoth(storage.claim(key(account), version, how), {
        onFailure: (error) => plainly(error),
        onSuccess: ({ abandonedBy, commit, confirm, remove, unspent }): TokenClaim => ({
          abandonedBy,
          confirm: Effect.mapError(confirm, (error) => plainly(error)),
          commit: (tokens) =>
            Effect.asVoid(Effect.mapError(Effect.flatMap(textOf(tokens), commit), (error) => plainly(error))),
          remove: Effect.mapError(remove, (error) => plainly(error)),
          unspent
        })
      }),
    replace: (account, version, tokens) =>
      Effect.flatMap(textOf(tokens), (text) =>
        Effect.map(storage.put(key(account), text, { expected: { version } }), (entry) => entry.version)
      ),
    put: (account, tokens) => Effect.flatMap(textOf(tokens), (text) => put(account, "tokens", text)),
    putPending: (tokens) => Effect.flatMap(locations.pendingLogin, (path) => files.write(path, tokensText(tokens))),
    removePending: Effect.flatMap(locations.pendingLogin, files.remove),
    remove: (account) => removed(account, ["tokens"]),
    markDead: (account, note) => put(account, "dead", note),
    dead: (account) =>
      Effect.map(
        whatever(storage.get(key(account, "dead"))),
        Option.map(({ value }) => value)
      ),
    // A directory has to go under the lock of the file in it.
    forget: (account) =>
      storage.isShared
        ? Effect.zipWith(storage.describe(key(account)), removed(account, Object.keys(entryFiles)), (directory) => ({
            directory,
            names: []
          }))
        : Effect.flatMap(locations.tokens(account), (path) =>
            files.withLock(path)((lock) => forgetLocked(account, lock))
          ),
    forgetCaches: (account) => removed(account, caches)
  })
})

/**
 * `TokenStore` over a store of credentials.
 *
 * @example
 * ```ts
 * const tokenStore = Layers.tokenStore.pipe(Layer.provide(layer))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<TokenStore, never, CredentialFiles | CredentialStorage | Locations> = Layer.effect(
  TokenStore,
  make
)
