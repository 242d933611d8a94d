/**
 * The tokens of an account together with the bridges that carry the same login: the same refresh token must
 * not be spent on both sides, and what one side got, the other one needs.
 */
import { argument, command } from "../../domain/hints/Command.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type { OAuthBrowserAccount } from "../../domain/account/Account.ts"
import type { ConfigError, FileError, LockError, LockLost } from "../../domain/errors.ts"
import { OAuthTokenError } from "../../domain/oauth/OAuthError.ts"
import { OAuthTokens } from "../../domain/oauth/OAuthTokens.ts"
import type { FileLock } from "../platform/CredentialFiles.ts"
import type { Reservation } from "../tokens/TokenStore.ts"
import type { BridgeTokenFile } from "./BridgeTokenFile.ts"
import { type Ahead, isTaken, renewAhead, type Unsure } from "./bridgeAhead.ts"
import { exportsOf, noteExport } from "./bridgeOwner.ts"
import { type BridgeDeps, carries, tokenFileOf } from "./BridgeDeps.ts"
import { isNewer, withFamily, sameLogin } from "../tokens/tokenFamily.ts"
import type { LockedTokens, TokenLocation } from "../tokens/TokenLocation.ts"

export const accountPlace = (deps: BridgeDeps, account: OAuthBrowserAccount): TokenLocation => ({
  read: own(deps, account),
  withLock: (use, options) =>
    Effect.flatMap(renewShared(deps, account), (unsure) =>
      deps.store.withLock(
        account.name,
        options
      )((lock) =>
        Effect.flatMap(sharedBridges(deps, account), (tokenFiles) =>
          withEach(tokenFiles, [], (locked) => use(held(deps, account, lock, locked, unsure)))
        )
      )
    )
})

/** Before any lock is taken: bridges that are ahead with expired tokens are renewed, so that they can be checked. */
const renewShared = (deps: BridgeDeps, account: OAuthBrowserAccount): Effect.Effect<Unsure> =>
  Effect.flatMap(sharedBridges(deps, account), (tokenFiles) => renewTokenFiles(deps, account, tokenFiles))

const renewTokenFiles = (deps: BridgeDeps, account: OAuthBrowserAccount, tokenFiles: ReadonlyArray<BridgeTokenFile>) =>
  Effect.gen(function* () {
    const ours = yield* Effect.option(own(deps, account))
    if (Option.isNone(ours)) return new Set<string>()
    const exported = yield* Effect.orElseSucceed(exportsOf(deps, account), () => [])
    const known = tokenFiles.filter((tokenFile) => exported.some(({ path }) => path === tokenFile.path))
    return yield* renewAhead(deps, account, yield* aheadOf(deps, account, known, ours.value))
  })

/** The bridges that carry newer tokens of the same login. */
const aheadOf = (
  deps: BridgeDeps,
  account: OAuthBrowserAccount,
  tokenFiles: ReadonlyArray<BridgeTokenFile>,
  ours: OAuthTokens
): Effect.Effect<ReadonlyArray<Ahead>> =>
  Effect.map(
    Effect.forEach(tokenFiles, (tokenFile) =>
      Effect.map(
        sharedTokens(deps, tokenFile.now, account, ours),
        Option.map((tokens) => ({ tokenFile, tokens }))
      )
    ),
    (found) => found.flatMap(Option.toArray)
  ).pipe(Effect.flatMap(Effect.filter(({ tokens }) => isNewer(deps.crypto, tokens, ours))))

const own = ({ store }: BridgeDeps, account: OAuthBrowserAccount): Effect.Effect<OAuthTokens, OAuthTokenError> =>
  Effect.flatMap(
    store.get(account.name),
    Option.match({
      onNone: () => Effect.flatMap(store.describe(account.name), (path) => Effect.fail(neverLoggedIn(account, path))),
      onSome: Effect.succeed
    })
  )

const neverLoggedIn = (account: OAuthBrowserAccount, path: string) =>
  new OAuthTokenError({
    account: account.name,
    reason: `nobody is logged in (there is no ${path}).`,
    fixes: [command`mp account login ${argument(account.name)}`],
    details: { account: account.name, path }
  })

/** The bridges that this store exported and that carry the same login. Locked after the account's own lock, and by nobody who holds another one: nobody waits in a circle. */
const sharedBridges = (deps: BridgeDeps, account: OAuthBrowserAccount): Effect.Effect<ReadonlyArray<BridgeTokenFile>> =>
  Effect.gen(function* () {
    const tokens = yield* Effect.option(own(deps, account))
    if (Option.isNone(tokens)) return []
    const exported = yield* Effect.orElseSucceed(exportsOf(deps, account), () => [])
    return yield* Effect.filter(
      exported.map(({ path }) => tokenFileOf(deps, path)),
      ({ now }) => Effect.map(sharedTokens(deps, now, account, tokens.value), Option.isSome)
    )
  })

/** The tokens of a bridge, if they are of this account and this login. What cannot be read shares nothing. */
const sharedTokens = (
  { crypto }: BridgeDeps,
  now: BridgeTokenFile["now"],
  account: OAuthBrowserAccount,
  tokens: OAuthTokens
): Effect.Effect<Option.Option<OAuthTokens>> =>
  Effect.gen(function* () {
    const found = Option.flatten(yield* Effect.option(now)).pipe(
      Option.filter(({ bridge }) => carries(bridge, account)),
      Option.map((current) => current.tokens)
    )
    return Option.isSome(found) && (yield* sameLogin(crypto, found.value, tokens)) ? found : Option.none()
  })

/** A bridge whose lock is held. */
interface LockedTokenFile extends BridgeTokenFile {
  readonly confirm: FileLock["confirm"]
}

/** A bridge that cannot be locked cannot be written either, and is left out. */
const withEach = <A, E, R>(
  tokenFiles: ReadonlyArray<BridgeTokenFile>,
  locked: ReadonlyArray<LockedTokenFile>,
  use: (locked: ReadonlyArray<LockedTokenFile>) => Effect.Effect<A, E, R>
): Effect.Effect<A, E | FileError | LockError, R> => {
  const [tokenFile, ...rest] = tokenFiles
  if (tokenFile === undefined) return use(locked)
  return tokenFile.withLock(
    ({ confirm }) => withEach(rest, [...locked, { ...tokenFile, confirm }], use),
    () => withEach(rest, locked, use)
  )
}

const held = (
  deps: BridgeDeps,
  account: OAuthBrowserAccount,
  lock: FileLock,
  tokenFiles: ReadonlyArray<LockedTokenFile>,
  unsure: Unsure
): LockedTokens => ({
  confirm: Effect.forEach([lock, ...tokenFiles], ({ confirm }) => confirm, { discard: true }),
  read: newest(deps, account, tokenFiles, unsure),
  reserve: reserveAll(deps, account, tokenFiles),
  put: (tokens) => deps.store.put(account.name, tokens),
  dead: deps.store.dead(account.name),
  markDead: (fingerprint) => deps.store.markDead(account.name, fingerprint),
  otherCopies: inBridge(deps, account),
  isOwn: true,
  fix: command`mp account login ${argument(account.name)}`
})

/** Whoever shares the login may have refreshed it: once it is known whose it is, the account goes on with that. */
const newest = (
  deps: BridgeDeps,
  account: OAuthBrowserAccount,
  tokenFiles: ReadonlyArray<BridgeTokenFile>,
  unsure: Unsure
): LockedTokens["read"] =>
  Effect.gen(function* () {
    const ours = yield* own(deps, account)
    if (tokenFiles.length === 0) return ours
    let latest = yield* withFamily(deps.crypto, ours)
    for (const ahead of yield* aheadOf(deps, account, tokenFiles, ours)) {
      const isAhead = yield* isNewer(deps.crypto, ahead.tokens, latest)
      if (isAhead && (yield* isTaken(deps, account, ahead, unsure))) latest = ahead.tokens
    }
    if (yield* isNewer(deps.crypto, latest, ours)) yield* Effect.ignore(deps.store.put(account.name, latest))
    return latest
  })

/** Bridges first: a crash in between leaves newer tokens where the next refresh looks for them. */
const reserveAll = (
  { store }: BridgeDeps,
  account: OAuthBrowserAccount,
  tokenFiles: ReadonlyArray<BridgeTokenFile>
): Effect.Effect<Reservation, FileError, Scope.Scope> =>
  Effect.gen(function* () {
    const ours = yield* store.reserve(account.name)
    const theirs = yield* Effect.forEach(tokenFiles, ({ reserve }) => Effect.either(reserve))
    return {
      commit: (tokens) =>
        Effect.zipRight(
          Effect.forEach(theirs, (place) => attempted(Effect.flatMap(place, ({ commit }) => commit(tokens))), {
            discard: true
          }),
          ours.commit(tokens)
        )
    }
  })

/** Whatever keeps a copy from being made, a defect too, must not keep the tokens from their own place. */
const attempted = <E>(copy: Effect.Effect<void, E>): Effect.Effect<void> =>
  Effect.catchAllCause(copy, (cause) => Effect.logDebug("A bridge did not get the new tokens", cause))

/** Another login of the account's own user, in a bridge that was exported from here. */
const inBridge = (deps: BridgeDeps, account: OAuthBrowserAccount): LockedTokens["otherCopies"] =>
  Effect.gen(function* () {
    const exported = yield* exportsOf(deps, account)
    const held = yield* Effect.forEach(exported, ({ path }) => {
      const tokenFile = tokenFileOf(deps, path)
      return Effect.map(Effect.option(tokenFile.now), (now) =>
        Option.filter(Option.flatten(now), ({ bridge }) => carries(bridge, account)).pipe(
          Option.map(({ tokens }) => ({ tokenFile, tokens }))
        )
      )
    })
    const taken = yield* Effect.filter(held.flatMap(Option.toArray), (ahead) =>
      isTaken(deps, account, ahead, new Set())
    )
    return taken.map(({ tokens }) => tokens)
  }).pipe(Effect.orElseSucceed(() => []))

/**
 * Hands the account's tokens to whoever writes a bridge at `path`, under the locks of both. Those that can be
 * refreshed over there are marked as shared first, so that either side can tell what the other one did.
 */
export const exportTokens = <A, E, R>(
  deps: BridgeDeps,
  account: OAuthBrowserAccount,
  target: { readonly path: string; readonly refreshable: boolean },
  use: (tokens: OAuthTokens) => Effect.Effect<A, E, R>
): Effect.Effect<A, E | FileError | LockError | ConfigError | OAuthTokenError, R> =>
  deps.store.withLock(account.name)(() =>
    Effect.gen(function* () {
      const shared = yield* sharedBridges(deps, account)
      const tokenFile = tokenFileOf(deps, target.path)
      const tokenFiles = [...shared.filter(({ path }) => path !== target.path), tokenFile]
      return yield* withEach(tokenFiles, [], (locked) =>
        Effect.gen(function* () {
          const tokens = yield* newest(deps, account, locked, new Set())
          if (!target.refreshable || Option.isNone(tokens.refreshToken)) return yield* use(accessTokenOnly(tokens))
          yield* noteExport(deps, account, target.path, tokens)
          const shareable = yield* withFamily(deps.crypto, tokens)
          yield* deps.store.put(account.name, shareable)
          return yield* use(shareable)
        }).pipe(Effect.zipLeft(tokenFile.forget))
      )
    })
  )

/** Tokens that cannot outlive the access token. */
const accessTokenOnly = (tokens: OAuthTokens): OAuthTokens =>
  new OAuthTokens({ ...tokens, refreshToken: Option.none(), session: Option.none() })

/** Gives the account what a bridge of its own login has newer. The locks of both are held. */
export const reclaimTokens = (
  deps: BridgeDeps,
  account: OAuthBrowserAccount,
  tokenFile: BridgeTokenFile,
  unsure: Unsure
): Effect.Effect<boolean, OAuthTokenError | FileError | LockLost> =>
  Effect.gen(function* () {
    const ours = yield* Effect.option(own(deps, account))
    if (Option.isNone(ours)) return false
    const [ahead] = yield* aheadOf(deps, account, [tokenFile], ours.value)
    if (ahead === undefined || !(yield* isTaken(deps, account, ahead, unsure))) return false
    yield* deps.store.put(account.name, ahead.tokens)
    return true
  })

/** Brings a bridge that is about to end up to date, so that what it holds can be checked. No lock is held. */
export const renewBefore = (deps: BridgeDeps, account: OAuthBrowserAccount, tokenFile: BridgeTokenFile) =>
  renewTokenFiles(deps, account, [tokenFile])
