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
import type { BridgeSlot } from "./bridgeSlot.ts"
import { type Ahead, isTaken, renewAhead, type Unsure } from "./bridgeAhead.ts"
import { exportsOf, noteExport } from "./bridgeOwner.ts"
import { type BridgeWorld, carries, slotOf } from "./bridgeWorld.ts"
import { isNewer, marked, sameLogin } from "../tokens/lineage.ts"
import type { HeldPlace, TokenPlace } from "../tokens/TokenPlace.ts"

export const accountPlace = (world: BridgeWorld, account: OAuthBrowserAccount): TokenPlace => ({
  peek: own(world, account),
  withLock: (use, options) =>
    Effect.flatMap(renewShared(world, account), (unsure) =>
      world.store.withLock(
        account.name,
        options
      )((lock) =>
        Effect.flatMap(sharedBridges(world, account), (slots) =>
          withEach(slots, [], (locked) => use(held(world, account, lock, locked, unsure)))
        )
      )
    )
})

/** Before any lock is taken: bridges that are ahead with expired tokens are renewed, so that they can be checked. */
const renewShared = (world: BridgeWorld, account: OAuthBrowserAccount): Effect.Effect<Unsure> =>
  Effect.flatMap(sharedBridges(world, account), (slots) => renewSlots(world, account, slots))

const renewSlots = (world: BridgeWorld, account: OAuthBrowserAccount, slots: ReadonlyArray<BridgeSlot>) =>
  Effect.gen(function* () {
    const ours = yield* Effect.option(own(world, account))
    if (Option.isNone(ours)) return new Set<string>()
    const exported = yield* Effect.orElseSucceed(exportsOf(world, account), () => [])
    const known = slots.filter((slot) => exported.some(({ path }) => path === slot.path))
    return yield* renewAhead(world, account, yield* aheadOf(account, known, ours.value))
  })

/** The bridges that carry newer tokens of the same login. */
const aheadOf = (
  account: OAuthBrowserAccount,
  slots: ReadonlyArray<BridgeSlot>,
  ours: OAuthTokens
): Effect.Effect<ReadonlyArray<Ahead>> =>
  Effect.map(
    Effect.forEach(slots, (slot) =>
      Effect.map(
        sharedTokens(slot.now, account, ours),
        Option.map((tokens) => ({ slot, tokens }))
      )
    ),
    (found) => found.flatMap(Option.toArray).filter(({ tokens }) => isNewer(tokens, ours))
  )

const own = ({ store }: BridgeWorld, account: OAuthBrowserAccount): Effect.Effect<OAuthTokens, OAuthTokenError> =>
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
const sharedBridges = (world: BridgeWorld, account: OAuthBrowserAccount): Effect.Effect<ReadonlyArray<BridgeSlot>> =>
  Effect.gen(function* () {
    const tokens = yield* Effect.option(own(world, account))
    if (Option.isNone(tokens)) return []
    const exported = yield* Effect.orElseSucceed(exportsOf(world, account), () => [])
    return yield* Effect.filter(
      exported.map(({ path }) => slotOf(world, path)),
      ({ now }) => Effect.map(sharedTokens(now, account, tokens.value), Option.isSome)
    )
  })

/** The tokens of a bridge, if they are of this account and this login. What cannot be read shares nothing. */
const sharedTokens = (
  now: BridgeSlot["now"],
  account: OAuthBrowserAccount,
  tokens: OAuthTokens
): Effect.Effect<Option.Option<OAuthTokens>> =>
  Effect.map(Effect.option(now), (found) =>
    Option.flatten(found).pipe(
      Option.filter(({ bridge }) => carries(bridge, account)),
      Option.map((current) => current.tokens),
      Option.filter((theirs) => sameLogin(theirs, tokens))
    )
  )

/** A bridge whose lock is held. */
interface LockedSlot extends BridgeSlot {
  readonly confirm: FileLock["confirm"]
}

/** A bridge that cannot be locked cannot be written either, and is left out. */
const withEach = <A, E, R>(
  slots: ReadonlyArray<BridgeSlot>,
  locked: ReadonlyArray<LockedSlot>,
  use: (locked: ReadonlyArray<LockedSlot>) => Effect.Effect<A, E, R>
): Effect.Effect<A, E | FileError | LockError, R> => {
  const [slot, ...rest] = slots
  if (slot === undefined) return use(locked)
  return slot.withLock(
    ({ confirm }) => withEach(rest, [...locked, { ...slot, confirm }], use),
    () => withEach(rest, locked, use)
  )
}

const held = (
  world: BridgeWorld,
  account: OAuthBrowserAccount,
  lock: FileLock,
  slots: ReadonlyArray<LockedSlot>,
  unsure: Unsure
): HeldPlace => ({
  confirm: Effect.forEach([lock, ...slots], ({ confirm }) => confirm, { discard: true }),
  read: newest(world, account, slots, unsure),
  reserve: reserveAll(world, account, slots),
  put: (tokens) => world.store.put(account.name, tokens),
  dead: world.store.dead(account.name),
  markDead: (fingerprint) => world.store.markDead(account.name, fingerprint),
  elsewhere: inBridge(world, account),
  isOwn: true,
  fix: command`mp account login ${argument(account.name)}`
})

/** Whoever shares the login may have refreshed it: once it is known whose it is, the account goes on with that. */
const newest = (
  world: BridgeWorld,
  account: OAuthBrowserAccount,
  slots: ReadonlyArray<BridgeSlot>,
  unsure: Unsure
): HeldPlace["read"] =>
  Effect.gen(function* () {
    const ours = yield* own(world, account)
    if (slots.length === 0) return ours
    let latest = marked(ours)
    for (const ahead of yield* aheadOf(account, slots, ours)) {
      if (isNewer(ahead.tokens, latest) && (yield* isTaken(world, account, ahead, unsure))) latest = ahead.tokens
    }
    if (isNewer(latest, ours)) yield* Effect.ignore(world.store.put(account.name, latest))
    return latest
  })

/** Bridges first: a crash in between leaves newer tokens where the next refresh looks for them. */
const reserveAll = (
  { store }: BridgeWorld,
  account: OAuthBrowserAccount,
  slots: ReadonlyArray<BridgeSlot>
): Effect.Effect<Reservation, FileError, Scope.Scope> =>
  Effect.gen(function* () {
    const ours = yield* store.reserve(account.name)
    const theirs = yield* Effect.forEach(slots, ({ reserve }) => Effect.either(reserve))
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
const inBridge = (world: BridgeWorld, account: OAuthBrowserAccount): HeldPlace["elsewhere"] =>
  Effect.gen(function* () {
    const exported = yield* exportsOf(world, account)
    const held = yield* Effect.forEach(exported, ({ path }) => {
      const slot = slotOf(world, path)
      return Effect.map(Effect.option(slot.now), (now) =>
        Option.filter(Option.flatten(now), ({ bridge }) => carries(bridge, account)).pipe(
          Option.map(({ tokens }) => ({ slot, tokens }))
        )
      )
    })
    const taken = yield* Effect.filter(held.flatMap(Option.toArray), (ahead) =>
      isTaken(world, account, ahead, new Set())
    )
    return taken.map(({ tokens }) => tokens)
  }).pipe(Effect.orElseSucceed(() => []))

/**
 * Hands the account's tokens to whoever writes a bridge at `path`, under the locks of both. Those that can be
 * refreshed over there are marked as shared first, so that either side can tell what the other one did.
 */
export const sharing = <A, E, R>(
  world: BridgeWorld,
  account: OAuthBrowserAccount,
  target: { readonly path: string; readonly refreshable: boolean },
  use: (tokens: OAuthTokens) => Effect.Effect<A, E, R>
): Effect.Effect<A, E | FileError | LockError | ConfigError | OAuthTokenError, R> =>
  world.store.withLock(account.name)(() =>
    Effect.gen(function* () {
      const shared = yield* sharedBridges(world, account)
      const slot = slotOf(world, target.path)
      const slots = [...shared.filter(({ path }) => path !== target.path), slot]
      return yield* withEach(slots, [], (locked) =>
        Effect.gen(function* () {
          const tokens = yield* newest(world, account, locked, new Set())
          if (!target.refreshable || Option.isNone(tokens.refreshToken)) return yield* use(courier(tokens))
          yield* noteExport(world, account, target.path, tokens)
          yield* world.store.put(account.name, marked(tokens))
          return yield* use(marked(tokens))
        }).pipe(Effect.zipLeft(slot.forget))
      )
    })
  )

/** Tokens that cannot outlive the access token. */
const courier = (tokens: OAuthTokens): OAuthTokens =>
  new OAuthTokens({ ...tokens, refreshToken: Option.none(), session: Option.none() })

/** Gives the account what a bridge of its own login has newer. The locks of both are held. */
export const handBack = (
  world: BridgeWorld,
  account: OAuthBrowserAccount,
  slot: BridgeSlot,
  unsure: Unsure
): Effect.Effect<boolean, OAuthTokenError | FileError | LockLost> =>
  Effect.gen(function* () {
    const ours = yield* Effect.option(own(world, account))
    if (Option.isNone(ours)) return false
    const [ahead] = yield* aheadOf(account, [slot], ours.value)
    if (ahead === undefined || !(yield* isTaken(world, account, ahead, unsure))) return false
    yield* world.store.put(account.name, ahead.tokens)
    return true
  })

/** Brings a bridge that is about to end up to date, so that what it holds can be checked. No lock is held. */
export const renewBefore = (world: BridgeWorld, account: OAuthBrowserAccount, slot: BridgeSlot) =>
  renewSlots(world, account, [slot])
