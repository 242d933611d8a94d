/**
 * One bridge file as a place for tokens: what it holds, its lock, and how other tokens get into it. Where it
 * cannot be written, a private file under the storage root takes them, and wins for as long as the bridge
 * still holds what those tokens were made from.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type { OAuthBrowserAccount } from "../../domain/account/Account.ts"
import * as Config from "../../domain/config/ConfigDocument.ts"
import { canTakeTokens, withTokens } from "../../domain/session/BridgeFile.ts"
import type { FileError, LockError, LockLost } from "../../domain/errors.ts"
import { type DeadToken, deadText, deadTokenOf } from "../../domain/oauth/DeadToken.ts"
import { encodeTokens, type OAuthTokens } from "../../domain/oauth/OAuthTokens.ts"
import { decode } from "./Bridge.ts"
import type { FileLock, LockOptions } from "../platform/CredentialFiles.ts"
import { isNewer, sameLogin, tokenFingerprint, withFamily } from "../tokens/tokenFamily.ts"
import type { ClaimedTokens, Reservation, TokenLocation } from "../tokens/TokenLocation.ts"
import { type BridgeDeps, bridgeOwner } from "./bridgeOwner.ts"
import { type BridgeNow, bridgeTokensNow, exportAgain, tokensFor } from "./bridgeTokensNow.ts"

export interface BridgeTokenFile extends BridgeNow {
  /** The bridge's own lock; what cannot be locked (a read-only directory) gives `unlockable` the word. */
  readonly withLock: <A, E, R>(
    use: (lock: FileLock) => Effect.Effect<A, E, R>,
    unlockable: (error: FileError) => Effect.Effect<A, E | FileError | LockError, R>,
    options?: LockOptions
  ) => Effect.Effect<A, E | FileError | LockError, R>
  readonly withCacheLock: <A, E, R>(
    use: (lock: FileLock) => Effect.Effect<A, E, R>,
    options?: LockOptions
  ) => Effect.Effect<A, E | FileError | LockError, R>
  readonly reserve: Effect.Effect<Reservation, FileError, Scope.Scope>
  readonly put: (tokens: OAuthTokens) => Effect.Effect<void, FileError | LockLost>
  readonly dead: Effect.Effect<Option.Option<DeadToken>, FileError>
  readonly markDead: (dead: DeadToken) => Effect.Effect<void, FileError | LockLost>
  readonly forget: Effect.Effect<void>
}

/** More than any set of tokens takes (16 KiB). */
const tokensRoom = 16_384

export const bridgeTokenFile = ({ crypto, files, locations }: BridgeDeps, path: string): BridgeTokenFile => {
  const now = bridgeTokensNow({ crypto, files, locations }, path)
  const cache = locations.bridgeCache(path)
  const deadMarker = Effect.map(cache, (file) => file.replace(/\.json$/, ".dead"))

  const withCacheLock: BridgeTokenFile["withCacheLock"] = (use, options) =>
    Effect.flatMap(cache, (file) => files.withLock(file, options)(use))

  const fromOf = (text: Option.Option<string>): Effect.Effect<string | null> =>
    Option.match(
      Option.flatMap(text, (held) => Option.flatMap(Either.getRight(decode(path, held)), ({ file }) => file.tokens)),
      { onNone: () => Effect.succeed(null), onSome: ({ accessToken }) => tokenFingerprint(crypto, accessToken) }
    )

  const reserve = Effect.gen(function* () {
    const text = yield* files.read(path)
    const size = Option.match(text, { onNone: () => 0, onSome: (held) => new TextEncoder().encode(held).length })
    const inBridge = yield* Effect.either(files.reserve(path, size + tokensRoom))
    if (Either.isLeft(inBridge) && !isUnwritable(inBridge.left)) return yield* inBridge.left
    const inCache = yield* Effect.either(Effect.flatMap(cache, (file) => files.reserve(file, tokensRoom)))
    const needsCache = Either.isLeft(inBridge) || !Option.exists(text, canTakeTokens)
    if (needsCache && Either.isLeft(inCache)) return yield* inCache.left
    // Another export, or a refresh elsewhere, makes void what was made from these tokens.
    const from = yield* fromOf(text)
    const toCache = (tokens: OAuthTokens): Effect.Effect<void, FileError | LockLost> =>
      Effect.flatMap(inCache, ({ commit }) =>
        commit(JSON.stringify({ bridge: path, from, tokens: encodeTokens(tokens) }))
      )
    const toBridge = (tokens: OAuthTokens): Effect.Effect<void, FileError | LockLost> =>
      Effect.flatMap(inBridge, ({ commit }) =>
        Option.match(
          Option.flatMap(text, (held) => withTokens(held, tokens)),
          { onNone: () => toCache(tokens), onSome: commit }
        )
      )
    return { commit: (tokens: OAuthTokens) => orElse(toBridge(tokens), () => toCache(tokens)) }
  })

  return {
    path,
    now,
    withLock: (use, unlockable, options) =>
      files
        .withLock(
          path,
          options
        )((lock) => Effect.either(use(lock)))
        .pipe(
          Effect.either,
          Effect.flatMap(
            Either.match({
              onLeft: (error) => (error._tag === "FileError" ? unlockable(error) : Effect.fail(error)),
              onRight: (done) => done
            })
          )
        ),
    withCacheLock,
    reserve,
    put: (tokens) => Effect.scoped(Effect.flatMap(reserve, ({ commit }) => commit(tokens))),
    dead: Effect.map(Effect.flatMap(deadMarker, files.read), Option.map(deadTokenOf)),
    markDead: (dead) => Effect.flatMap(deadMarker, (file) => files.write(file, deadText(dead))),
    forget: Effect.ignore(
      Effect.zipRight(Effect.flatMap(cache, files.remove), Effect.flatMap(deadMarker, files.remove))
    )
  }
}

/** The second place also takes what a defect kept from the first: the tokens are spent either way. */
const orElse = (
  first: Effect.Effect<void, FileError | LockLost>,
  second: () => Effect.Effect<void, FileError | LockLost>
): Effect.Effect<void, FileError | LockLost> =>
  Effect.catchAllCause(first, (cause) =>
    Option.exists(Cause.failureOption(cause), ({ _tag }) => _tag === "LockLost") ? Effect.failCause(cause) : second()
  )

/** Read-only, or not ours to write: it will be the same the next time. */
const isUnwritable = ({ problem }: FileError): boolean => problem === "read_only" || problem === "permission"

export interface LockedTokenFile extends BridgeTokenFile {
  readonly confirm: FileLock["confirm"]
}

/** Locks one after the other. A bridge that cannot be locked cannot be written either, and is left out. */
export const withAll = <A, E, R>(
  [tokenFile, ...rest]: ReadonlyArray<BridgeTokenFile>,
  use: (locked: ReadonlyArray<LockedTokenFile>) => Effect.Effect<A, E, R>
): Effect.Effect<A, E | FileError | LockError, R> =>
  tokenFile === undefined
    ? use([])
    : tokenFile.withLock(
        ({ confirm }) => withAll(rest, (others) => use([{ ...tokenFile, confirm }, ...others])),
        () => withAll(rest, use)
      )

/** The tokens of the bridge at a path. They stay with it: an account of the same name keeps its own. */
export const bridgeLocation = (deps: BridgeDeps, account: OAuthBrowserAccount, path: string): TokenLocation => {
  const { crypto, store } = deps
  const { name } = account
  const tokenFile = bridgeTokenFile(deps, path)
  const owner = bridgeOwner(deps, account)
  const read = tokensFor(account, tokenFile)

  /** Where the account's own tokens were exported to this bridge, come from the same login and are newer, the bridge goes on with these. */
  const newest: ClaimedTokens["read"] = Effect.gen(function* () {
    const tokens = yield* read
    const isOurs = (yield* owner.exports).some((one) => one.path === path)
    const own = isOurs ? Option.flatten(yield* Effect.option(store.get(name))) : Option.none()
    if (Option.isSome(own) && (yield* sameLogin(crypto, own.value, tokens))) {
      if (yield* isNewer(crypto, own.value, tokens))
        return yield* Effect.as(Effect.ignore(tokenFile.put(own.value)), own.value)
    }
    return Option.isSome(tokens.refreshToken) ? yield* withFamily(crypto, tokens) : tokens
  })

  /** Another login of the account, for the very bridge that was exported from here: any other one only has its name. */
  const ofAccount: ClaimedTokens["otherCopies"] = Effect.gen(function* () {
    if (!(yield* owner.wasExported(path, yield* read))) return []
    const own = Option.flatMap(Config.account(yield* deps.config.get, name), Option.getRight)
    const same = Option.exists(own, ({ region, type }) => type === "oauth_browser" && region === account.region)
    return same ? Option.toArray(yield* store.get(name)) : []
  }).pipe(Effect.orElseSucceed(() => []))

  const claimed = ({ confirm }: FileLock): ClaimedTokens => ({
    abandonedBy: Option.none(),
    confirm,
    tokens: newest,
    read: newest,
    unspent: Effect.void,
    reserve: tokenFile.reserve,
    put: tokenFile.put,
    dead: tokenFile.dead,
    markDead: (dead) => Effect.zipRight(confirm, tokenFile.markDead(dead)),
    otherCopies: deps.locations.inWorkingDirectory(path) ? Effect.succeed([]) : ofAccount,
    isOwn: false,
    fix: exportAgain(account, path)
  })

  return {
    read,
    seen: Effect.map(read, (tokens) => ({
      tokens,
      // The account's own may take their place.
      dead: Effect.succeedNone,
      withClaim: (use, options) => {
        const work = (lock: FileLock) => use(claimed(lock))
        return tokenFile.withLock(work, () => tokenFile.withCacheLock(work, options), options)
      }
    }))
  }
}
