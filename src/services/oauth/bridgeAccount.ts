/**
 * The tokens of an account together with the bridges that carry the same login: the same refresh token must
 * not be spent on both sides, and what one side got, the other one needs.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { OAuthBrowserAccount } from "../../domain/Account.ts"
import type { ConfigError, FileError, LockTimeout } from "../../domain/errors.ts"
import { parseJson } from "../../domain/json.ts"
import { lazily } from "../../domain/lazily.ts"
import { OAuthTokenError } from "../../domain/OAuthError.ts"
import { OAuthTokens } from "../../domain/OAuthTokens.ts"
import { searched } from "../Locations.ts"
import type { Reservation } from "../TokenStore.ts"
import type { BridgeSlot } from "./bridgeSlot.ts"
import { type BridgeWorld, carries, slotOf } from "./bridgeWorld.ts"
import { isNewer, marked, sameLogin } from "./lineage.ts"
import type { HeldPlace, TokenPlace } from "./TokenPlace.ts"

export const accountPlace = (world: BridgeWorld, account: OAuthBrowserAccount): TokenPlace => ({
  peek: own(world, account),
  withLock: (use) =>
    world.store.withLock(account.name)(
      Effect.flatMap(sharedBridges(world, account), (slots) =>
        withEach(slots, [], (locked) => use(held(world, account, locked)))
      )
    )
})

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
    fix: `mp account login ${account.name}`,
    details: { account: account.name, path }
  })

/** Locked after the account's own lock, and by nobody who holds another one: nobody waits in a circle. */
const sharedBridges = (world: BridgeWorld, account: OAuthBrowserAccount): Effect.Effect<ReadonlyArray<BridgeSlot>> =>
  Effect.gen(function* () {
    const tokens = yield* Effect.option(own(world, account))
    if (Option.isNone(tokens)) return []
    const found = yield* Effect.match(world.locations.bridge, { onFailure: () => [], onSuccess: searched })
    const paths = new Set([...found, ...(yield* exportsOf(world, account))])
    return yield* Effect.filter(
      [...paths].map((path) => slotOf(world, path)),
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

/** A bridge that cannot be locked cannot be written either, and is left out. */
const withEach = <A, E, R>(
  slots: ReadonlyArray<BridgeSlot>,
  locked: ReadonlyArray<BridgeSlot>,
  use: (locked: ReadonlyArray<BridgeSlot>) => Effect.Effect<A, E, R>
): Effect.Effect<A, E | FileError | LockTimeout, R> => {
  const [slot, ...rest] = slots
  if (slot === undefined) return use(locked)
  return slot.withLock(withEach(rest, [...locked, slot], use), () => withEach(rest, locked, use))
}

const held = (world: BridgeWorld, account: OAuthBrowserAccount, slots: ReadonlyArray<BridgeSlot>): HeldPlace => ({
  read: newest(world, account, slots),
  reserve: reserveAll(world, account, slots),
  put: (tokens) => world.store.put(account.name, tokens),
  dead: world.store.dead(account.name),
  markDead: (fingerprint) => world.store.markDead(account.name, fingerprint),
  elsewhere: inBridge(world, account),
  isOwn: true,
  fix: `mp account login ${account.name}`
})

/** Whoever shares the login may have refreshed it: then that is what the account goes on with. */
const newest = (
  world: BridgeWorld,
  account: OAuthBrowserAccount,
  slots: ReadonlyArray<BridgeSlot>
): HeldPlace["read"] =>
  Effect.gen(function* () {
    const ours = yield* own(world, account)
    const theirs = yield* Effect.forEach(slots, ({ now }) => sharedTokens(now, account, ours))
    const shared = theirs.flatMap(Option.toArray)
    if (shared.length === 0) return ours
    const latest = shared.reduce((best, tokens) => (isNewer(tokens, best) ? tokens : best), marked(ours))
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
          Effect.forEach(theirs, (place) => Effect.ignore(Effect.flatMap(place, ({ commit }) => commit(tokens))), {
            discard: true
          }),
          ours.commit(tokens)
        )
    }
  })

const inBridge = (world: BridgeWorld, account: OAuthBrowserAccount): HeldPlace["elsewhere"] =>
  world.bridges.find.pipe(
    Effect.map(Option.filter((found) => carries(found, account))),
    Effect.flatMap(Option.match({ onNone: () => Effect.succeedNone, onSome: ({ path }) => slotOf(world, path).now })),
    Effect.match({ onFailure: () => [], onSuccess: (now) => Option.toArray(now).map(({ tokens }) => tokens) })
  )

const exportsPath = ({ locations }: BridgeWorld, account: OAuthBrowserAccount) =>
  Effect.map(locations.accountDirectory(account.name), (directory) => `${directory}/bridges.json`)

const jsonOf = (text: string): Option.Option<unknown> => Either.getRight(parseJson(text))

const decodePaths = lazily(() => Schema.decodeUnknownOption(Schema.Array(Schema.String)))

/** Where the account's tokens were exported to. A hint: what is there now is looked at each time. */
const exportsOf = (world: BridgeWorld, account: OAuthBrowserAccount): Effect.Effect<ReadonlyArray<string>> =>
  exportsPath(world, account).pipe(
    Effect.flatMap(world.files.read),
    Effect.option,
    Effect.map((text) =>
      Option.getOrElse(Option.flatMap(Option.flatMap(Option.flatten(text), jsonOf), decodePaths()), () => [])
    )
  )

/** No more than these are remembered; the oldest go first. */
const rememberedExports = 16

/**
 * Hands the account's tokens to whoever writes a bridge at `path`, under the locks of both. Those that can be
 * refreshed over there are marked as shared first, so that either side can tell what the other one did.
 */
export const sharing = <A, E, R>(
  world: BridgeWorld,
  account: OAuthBrowserAccount,
  target: { readonly path: string; readonly refreshable: boolean },
  use: (tokens: OAuthTokens) => Effect.Effect<A, E, R>
): Effect.Effect<A, E | FileError | LockTimeout | ConfigError | OAuthTokenError, R> =>
  world.store.withLock(account.name)(
    Effect.gen(function* () {
      const shared = yield* sharedBridges(world, account)
      const slot = slotOf(world, target.path)
      const slots = [...shared.filter(({ path }) => path !== target.path), slot]
      return yield* withEach(slots, [], (locked) =>
        Effect.gen(function* () {
          const tokens = yield* newest(world, account, locked)
          if (!target.refreshable || Option.isNone(tokens.refreshToken)) return yield* use(courier(tokens))
          yield* noteExport(world, account, target.path)
          yield* world.store.put(account.name, marked(tokens))
          return yield* use(marked(tokens))
        }).pipe(Effect.zipLeft(slot.forget))
      )
    })
  )

/** Tokens that cannot outlive the access token. */
const courier = (tokens: OAuthTokens): OAuthTokens =>
  new OAuthTokens({ ...tokens, refreshToken: Option.none(), session: Option.none() })

/** Remembers an export. The account's lock is held. */
const noteExport = (world: BridgeWorld, account: OAuthBrowserAccount, path: string): Effect.Effect<void, FileError> =>
  Effect.gen(function* () {
    const known = yield* exportsOf(world, account)
    if (known.includes(path)) return
    const text = JSON.stringify([...known, path].slice(-rememberedExports))
    yield* world.files.write(yield* exportsPath(world, account), text)
  })

/** Gives the account what a bridge of its own login has newer. The locks of both are held. */
export const handBack = (world: BridgeWorld, account: OAuthBrowserAccount, slot: BridgeSlot): Effect.Effect<boolean> =>
  Effect.gen(function* () {
    const ours = yield* Effect.option(own(world, account))
    if (Option.isNone(ours)) return false
    const theirs = yield* sharedTokens(slot.now, account, ours.value)
    if (!Option.exists(theirs, (tokens) => isNewer(tokens, ours.value))) return false
    return Either.isRight(
      yield* Effect.either(Effect.flatMap(theirs, (tokens) => world.store.put(account.name, tokens)))
    )
  })
