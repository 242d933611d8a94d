/** The OAuth tokens of the accounts that log in through a browser. */
import { argument, command } from "../../domain/hints/Command.ts"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import { describeIssues } from "../../domain/internal/decode.ts"
import type { FileError, LockError, LockLost } from "../../domain/errors.ts"
import type { Account } from "../../domain/account/Account.ts"
import type { AccountName } from "../../domain/account/identifiers.ts"
import { parseJson } from "../../domain/internal/json.ts"
import { OAuthTokenError } from "../../domain/oauth/OAuthError.ts"
import { decodeTokens, type OAuthTokens, tokensText } from "../../domain/oauth/OAuthTokens.ts"
import { CredentialFiles, type FileLock, type LockOptions } from "../platform/CredentialFiles.ts"
import { Locations } from "../platform/Locations.ts"
import { storedAccounts } from "./storedAccounts.ts"

/**
 * A place that is taken for tokens which are not known yet.
 * @since 0.1.0
 * @category models
 */
export interface Reservation {
  /** Stores the tokens in it; what could make this fail has been tried already. */
  readonly commit: (tokens: OAuthTokens) => Effect.Effect<void, FileError | LockLost>
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
  readonly get: (account: AccountName) => Effect.Effect<Option.Option<OAuthTokens>, OAuthTokenError>
  /** The tokens of many accounts; those that cannot be read are left out, as are those that were never there. */
  readonly ofAccounts: (accounts: ReadonlyArray<Account>) => Effect.Effect<ReadonlyMap<AccountName, OAuthTokens>>
  /** Runs an effect while no other process or fiber changes the tokens of the account. Not re-entrant. */
  readonly withLock: (
    account: AccountName,
    options?: LockOptions
  ) => <A, E, R>(use: (lock: FileLock) => Effect.Effect<A, E, R>) => Effect.Effect<A, E | FileError | LockError, R>
  /** Takes the place for new tokens before the old ones are spent. Released unused with the scope. */
  readonly reserve: (account: AccountName) => Effect.Effect<Reservation, FileError, Scope.Scope>
  /** Stores tokens in place of any others. */
  readonly put: (account: AccountName, tokens: OAuthTokens) => Effect.Effect<void, FileError | LockLost>
  /** Stores the tokens of a login whose account is not known yet: what could make storing fail is known now. */
  readonly putPending: (tokens: OAuthTokens) => Effect.Effect<void, FileError | LockLost>
  readonly removePending: Effect.Effect<boolean, FileError | LockLost>
  /** Deletes the tokens; `false` when there were none. */
  readonly remove: (account: AccountName) => Effect.Effect<boolean, FileError | LockLost>
  /** Notes that the server called a refresh token dead, by its fingerprint: it is not sent again. */
  readonly markDead: (account: AccountName, fingerprint: string) => Effect.Effect<void, FileError | LockLost>
  /** The fingerprint of the refresh token that is known to be dead. */
  readonly dead: (account: AccountName) => Effect.Effect<Option.Option<string>, FileError>
  /**
   * Forgets all that is stored for an account: tokens, caches, and the directory, unless something else is in it. The
   * answer is what that is.
   */
  readonly forget: (account: AccountName) => Effect.Effect<LeftBehind, FileError | LockError>
  /** Forgets what was learned with another credential or region, and keeps the tokens. */
  readonly forgetCaches: (account: AccountName) => Effect.Effect<boolean, FileError | LockLost>
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

/** Everything that is ever stored for an account; what else is in its directory is not ours. Tokens go last. */
export const accountFiles = ["me.json", "last-test.json", "bridges.json", "dead-refresh-token", "tokens.json"]

/** More than any set of tokens takes (16 KiB). */
const reservedBytes = 16_384

export const make = Effect.gen(function* () {
  const files = yield* CredentialFiles
  const locations = yield* Locations
  const at = <A, E, R>(account: AccountName, use: (path: string) => Effect.Effect<A, E, R>) =>
    Effect.flatMap(locations.tokens(account), use)
  const inDirectory = (account: AccountName, file: string) =>
    Effect.map(locations.accountDirectory(account), (directory) => `${directory}/${file}`)
  const withLock: TokenStoreShape["withLock"] = (account, options) => (use) =>
    at(account, (path) => files.withLock(path, options)(use))

  const forgetLocked = (account: AccountName, lock: FileLock) =>
    Effect.gen(function* () {
      const directory = yield* locations.accountDirectory(account)
      for (const file of accountFiles) yield* files.remove(`${directory}/${file}`)
      return { directory, names: yield* lock.removeDirectory }
    })

  const get: TokenStoreShape["get"] = (account) =>
    Effect.mapError(locations.tokens(account), (error) => refused(account, error)).pipe(
      Effect.flatMap((path) =>
        files.read(path).pipe(
          Effect.mapError((error) => refused(account, error)),
          Effect.flatMap(
            Option.match({
              onNone: () => Effect.succeedNone,
              onSome: (text) => Effect.map(decode(account, path, text), Option.some)
            })
          )
        )
      )
    )

  return TokenStore.of({
    describe: (account) => Effect.catchAll(locations.tokens(account), ({ path }) => Effect.succeed(path)),
    get,
    ofAccounts: Effect.fnUntraced(function* (accounts) {
      const found = new Map<AccountName, OAuthTokens>()
      for (const { name } of yield* storedAccounts(files, locations, accounts)) {
        const tokens = Option.flatten(yield* Effect.option(get(name)))
        if (Option.isSome(tokens)) found.set(name, tokens.value)
      }
      return found
    }),
    withLock,
    reserve: (account) =>
      at(account, (path) =>
        Effect.map(files.reserve(path, reservedBytes), ({ commit }) => ({
          commit: (tokens: OAuthTokens) => commit(tokensText(tokens))
        }))
      ),
    put: (account, tokens) => at(account, (path) => files.write(path, tokensText(tokens))),
    putPending: (tokens) => Effect.flatMap(locations.pendingLogin, (path) => files.write(path, tokensText(tokens))),
    removePending: Effect.flatMap(locations.pendingLogin, files.remove),
    remove: (account) => at(account, files.remove),
    markDead: (account, fingerprint) =>
      Effect.flatMap(inDirectory(account, "dead-refresh-token"), (path) => files.write(path, fingerprint)),
    dead: (account) => Effect.flatMap(inDirectory(account, "dead-refresh-token"), files.read),
    forget: (account) => withLock(account)((lock) => forgetLocked(account, lock)),
    forgetCaches: (account) =>
      Effect.zipWith(
        Effect.flatMap(locations.meCache(account), files.remove),
        Effect.flatMap(locations.lastTest(account), files.remove),
        (cache, test) => cache || test
      )
  })
})

const decode = (account: AccountName, path: string, text: string): Either.Either<OAuthTokens, OAuthTokenError> =>
  Either.flatMap(
    Either.mapLeft(parseJson(text), (problem) => malformed(account, path, `it is ${problem}`)),
    (json) => Either.mapLeft(decodeTokens(json), (issues) => malformed(account, path, describeIssues(issues)))
  )

const malformed = (account: AccountName, path: string, why: string) =>
  new OAuthTokenError({
    account,
    reason: `${path} cannot be used: ${why}.`,
    fixes: [command`mp account login ${argument(account)}`],
    details: { account, path }
  })

const refused = (account: AccountName, { details, hints, message }: FileError) =>
  new OAuthTokenError({ account, reason: `${message}.`, fixes: hints, details: { account, ...details } })

/**
 * `TokenStore` over files.
 *
 * @example
 * ```ts
 * const tokenStore = Layers.tokenStore.pipe(Layer.provide(layer))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<TokenStore, never, CredentialFiles | Locations> = Layer.effect(TokenStore, make)
