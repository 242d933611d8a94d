/**
 * The tokens of accounts in a store that machines share: what this process knows of them, so that a bearer is asked for
 * without a round trip, an answer outlives a store that is away, and one that has gone back in time is mended.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import type { OAuthBrowserAccount } from "../../domain/account/Account.ts"
import type { AccountName } from "../../domain/account/identifiers.ts"
import { argument, command } from "../../domain/hints/Command.ts"
import { isAtHand, type Remembered } from "../../domain/oauth/atHand.ts"
import { deadText, deadTokenOf } from "../../domain/oauth/DeadToken.ts"
import type { OAuthTokens } from "../../domain/oauth/OAuthTokens.ts"
import { type ClaimError, Superseded } from "../../domain/storage/StorageError.ts"
import type { Crypto } from "../platform/Crypto.ts"
import { monotonicMillis } from "../storage/engineClock.ts"
import { neverLoggedIn } from "./neverLoggedIn.ts"
import { isNewer, sameLogin, withFamily } from "./tokenFamily.ts"
import type { ClaimedTokens, ReadError, TokenLocation } from "./TokenLocation.ts"
import type { TokenSettingsShape } from "./TokenSettings.ts"
import type { StoredTokens } from "./tokenEntry.ts"
import type { TokenClaim, TokenStore } from "./TokenStore.ts"

interface FleetDeps {
  readonly store: TokenStore["Type"]
  readonly crypto: Crypto["Type"]
  readonly settings: TokenSettingsShape
}

const mostRemembered = 20_000

/** How long the end of the program waits for answers that are not stored yet. */
const lastChance = "15 seconds"

const retrying = Schedule.exponential("50 millis").pipe(
  Schedule.union(Schedule.spaced("2 seconds")),
  Schedule.jittered,
  Schedule.modifyDelay((_, delay) => Duration.millis(Math.ceil(Duration.toMillis(delay))))
)

export const makeFleet = ({ crypto, settings, store }: FleetDeps) =>
  Effect.gen(function* () {
    const known = new Map<AccountName, Remembered>()
    const unsaved = new Map<AccountName, Effect.Effect<void>>()
    const scope = yield* Effect.scope
    yield* Effect.addFinalizer(() =>
      Effect.forEach([...unsaved.values()], (saving) => saving, { concurrency: "unbounded", discard: true }).pipe(
        Effect.interruptible,
        Effect.timeout(lastChance),
        Effect.catchAll(() => Effect.logError(`What came of ${unsaved.size} refreshes could not be stored.`))
      )
    )

    const remember = (name: AccountName, tokens: OAuthTokens, isUnsaved: boolean): Effect.Effect<void> =>
      Effect.map(monotonicMillis, (seenAt) => {
        known.delete(name)
        known.set(name, { tokens, seenAt, isUnsaved })
        const [oldest] = known.keys()
        if (known.size > mostRemembered && oldest !== undefined) known.delete(oldest)
      })

    const isAhead = (one: OAuthTokens, other: OAuthTokens): Effect.Effect<boolean> =>
      Effect.flatMap(sameLogin(crypto, one, other), (same) =>
        same ? isNewer(crypto, one, other) : Effect.succeed(false)
      )

    /**
     * The store as it should be: where it has an older refresh of the same login than this process knew before it asked,
     * the engine went back in time, and what is known is put back.
     */
    const mended = (account: OAuthBrowserAccount, before: Remembered | undefined, found: StoredTokens) =>
      Effect.gen(function* () {
        if (before === undefined || !(yield* isAhead(before.tokens, found.tokens))) return found
        yield* Effect.logWarning(`The store has older tokens of account '${account.name}' than were stored: put back.`)
        return yield* store.replace(account.name, found.version, before.tokens).pipe(
          Effect.map((version): StoredTokens => ({ tokens: before.tokens, version })),
          Effect.catchTag("Superseded", (): Effect.Effect<StoredTokens, ReadError> => look(account))
        )
      })

    const look = (account: OAuthBrowserAccount): Effect.Effect<StoredTokens, ReadError> =>
      Effect.gen(function* () {
        const { name } = account
        const before = known.get(name)
        const found = yield* store.stored(name)
        if (Option.isNone(found)) {
          if (before?.isUnsaved !== true) known.delete(name)
          return yield* neverLoggedIn(store, name)
        }
        const there = yield* mended(account, before, found.value)
        yield* remember(name, there.tokens, false)
        return there
      })

    /** Where the store has an older refresh of this very login it is written over; whoever logged in or out stays. */
    const giveWay = (account: OAuthBrowserAccount, next: OAuthTokens): Effect.Effect<void, ClaimError> =>
      Effect.gen(function* () {
        const there = yield* Effect.mapError(store.stored(account.name), (error) =>
          error._tag === "OAuthTokenError" ? new Superseded({ key: account.name }) : error
        )
        if (Option.isNone(there)) return yield* new Superseded({ key: account.name })
        const { tokens, version } = there.value
        if (Redacted.value(tokens.accessToken) === Redacted.value(next.accessToken)) return
        if (!(yield* isAhead(next, tokens))) return yield* new Superseded({ key: account.name })
        yield* Effect.catchTag(Effect.asVoid(store.replace(account.name, version, next)), "Superseded", () =>
          giveWay(account, next)
        )
      })

    /**
     * The only copy of new tokens is used from memory at once, and stored as soon as the store can be reached, however long
     * that takes.
     */
    const keep = (account: OAuthBrowserAccount, claim: TokenClaim, next: OAuthTokens) =>
      Effect.gen(function* () {
        const { name } = account
        yield* remember(name, next, true)
        const forget = Effect.sync(() => {
          unsaved.delete(name)
          if (known.get(name)?.tokens === next) known.delete(name)
        })
        const stored = Effect.suspend(() => {
          unsaved.delete(name)
          return known.get(name)?.tokens === next ? remember(name, next, false) : Effect.void
        })
        const once = Effect.zipRight(
          Effect.catchTag(claim.commit(next), "Superseded", () => giveWay(account, next)),
          stored
        )
        yield* Effect.catchTags(once, {
          Superseded: (error) => Effect.zipRight(forget, error),
          StorageError: (error) =>
            Effect.gen(function* () {
              yield* Effect.logWarning(error.message)
              const later = once.pipe(
                Effect.retry({ schedule: retrying, while: ({ _tag }) => _tag !== "Superseded" }),
                Effect.catchAll(() => forget)
              )
              unsaved.set(name, later)
              yield* Effect.forkIn(Effect.interruptible(later), scope)
            })
        })
      })

    const deadOf = ({ name }: OAuthBrowserAccount) => Effect.map(store.dead(name), Option.map(deadTokenOf))

    const claimed = (account: OAuthBrowserAccount, tokens: OAuthTokens, claim: TokenClaim): ClaimedTokens => ({
      abandonedBy: claim.abandonedBy,
      tokens: withFamily(crypto, tokens),
      read: Effect.map(look(account), (there) => there.tokens),
      confirm: claim.confirm,
      reserve: Effect.succeed({ commit: (next) => keep(account, claim, next) }),
      put: (next) => keep(account, claim, next),
      unspent: claim.unspent,
      dead: deadOf(account),
      markDead: (dead) => store.markDead(account.name, deadText(dead)),
      otherCopies: Effect.succeed([]),
      isOwn: true,
      fix: command`mp account login ${argument(account.name)}`
    })

    const locationOf = (account: OAuthBrowserAccount): TokenLocation => {
      /** While the store is away, what it has not got yet is all that there is. */
      const seen = Effect.catchTag(look(account), "StorageError", (error) => {
        const mine = known.get(account.name)
        return mine?.isUnsaved === true ? Effect.succeed({ tokens: mine.tokens, version: "" }) : Effect.fail(error)
      })
      return {
        read: Effect.map(seen, ({ tokens }) => tokens),
        seen: Effect.map(seen, ({ tokens, version }) => ({
          tokens,
          dead: deadOf(account),
          withClaim: (use, options) =>
            Effect.scoped(
              Effect.flatMap(store.claim(account.name, version, { lease: settings.lease, ...options }), (claim) =>
                use(claimed(account, tokens, claim))
              )
            )
        }))
      }
    }

    const cacheMillis = Duration.toMillis(settings.cacheFor)
    const atHand = (name: AccountName): Effect.Effect<Option.Option<OAuthTokens>> =>
      Effect.zipWith(monotonicMillis, Clock.currentTimeMillis, (monotonic, now) => {
        const mine = known.get(name)
        return mine !== undefined && isAtHand(mine, { now, monotonic, cacheMillis })
          ? Option.some(mine.tokens)
          : Option.none()
      })
    return { atHand, locationOf }
  })
