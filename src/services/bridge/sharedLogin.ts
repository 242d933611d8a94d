import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { OAuthBrowserAccount } from "../../domain/account/Account.ts"
import { isRefusal } from "../../domain/account/LastCheck.ts"
import { argument, command } from "../../domain/hints/Command.ts"
import { deadText, deadTokenOf } from "../../domain/oauth/DeadToken.ts"
import type { OAuthTokenError } from "../../domain/oauth/OAuthError.ts"
import { OAuthTokens } from "../../domain/oauth/OAuthTokens.ts"
import type { ClaimError } from "../../domain/storage/StorageError.ts"
import { claimCurrent } from "../tokens/claimCurrent.ts"
import { refresh } from "../tokens/refresh.ts"
import { ownTokens } from "../tokens/ownTokens.ts"
import { isNewer, sameLogin, withFamily } from "../tokens/tokenFamily.ts"
import type { ClaimedTokens, ReadError, TokenLocation } from "../tokens/TokenLocation.ts"
import type { TokenClaim } from "../tokens/TokenStore.ts"
import { type BridgeDeps, bridgeOwner, uncertain } from "./bridgeOwner.ts"
import {
  type BridgeTokenFile,
  bridgeLocation,
  bridgeTokenFile,
  type LockedTokenFile,
  withAll
} from "./BridgeTokenFile.ts"
import { carries, tokensFor } from "./bridgeTokensNow.ts"

interface Held {
  readonly tokenFile: BridgeTokenFile
  readonly tokens: OAuthTokens
}

type TokenFiles = ReadonlyArray<BridgeTokenFile>

/** The paths of bridges that could not be renewed for now: what became of their tokens is not known. */
type Unsure = ReadonlySet<string>

/**
 * The tokens of an account together with the bridges that carry the same login: the same refresh token must
 * not be spent on both sides, and what one side got, the other one needs.
 */
export const sharedLogin = (deps: BridgeDeps, account: OAuthBrowserAccount) => {
  const { audit, crypto, flow, store } = deps
  const { name } = account
  const owner = bridgeOwner(deps, account)

  const stored = ownTokens(store, name)
  const own = Effect.map(stored, ({ tokens }) => tokens)

  const claimOwn = claimCurrent(store, name, stored)

  const exported: Effect.Effect<TokenFiles> = Effect.map(owner.exports, (known) =>
    known.map(({ path }) => bridgeTokenFile(deps, path))
  )

  const heldIn = (tokenFiles: TokenFiles): Effect.Effect<ReadonlyArray<Held>> =>
    Effect.filterMap(
      tokenFiles.map((tokenFile) =>
        Effect.option(Effect.map(tokensFor(account, tokenFile), (tokens) => ({ tokenFile, tokens })))
      ),
      (held) => held
    )

  const ofLogin = (tokenFiles: TokenFiles, ours: OAuthTokens) =>
    Effect.flatMap(heldIn(tokenFiles), (held) => Effect.filter(held, ({ tokens }) => sameLogin(crypto, tokens, ours)))

  const aheadOf = (tokenFiles: TokenFiles, ours: OAuthTokens) =>
    Effect.flatMap(ofLogin(tokenFiles, ours), (held) =>
      Effect.filter(held, ({ tokens }) => isNewer(crypto, tokens, ours))
    )

  /**
   * The bridges that this store exported and that carry the same login. Locked after the account's own tokens are claimed,
   * and by nobody who holds another lock: nobody waits in a circle.
   */
  const shared: Effect.Effect<TokenFiles> = Effect.flatMap(own, (ours) =>
    Effect.flatMap(exported, (tokenFiles) => ofLogin(tokenFiles, ours))
  ).pipe(
    Effect.map((held) => held.map(({ tokenFile }) => tokenFile)),
    Effect.orElseSucceed(() => [])
  )

  /** Spends the refresh token of a bridge where it is. `true` where what became of it is not known. */
  const isUnsureAfterRefresh = ({ tokenFile: { path } }: Held): Effect.Effect<boolean> =>
    Option.match(flow, {
      onNone: () => Effect.succeed(true),
      onSome: (oauth) => {
        const place = bridgeLocation(deps, account, path)
        return Effect.match(refresh({ place, flow: oauth, crypto, audit, account, refused: Option.none() }), {
          onFailure: (error) => !isRefusal(error),
          onSuccess: () => false
        })
      }
    })

  /**
   * Only a bearer that works can show whose it is: tokens that are ahead and have expired are renewed where they are, in
   * the bridge. Before any lock is taken; holds no lock but the bridge's.
   */
  const renew = (tokenFiles: TokenFiles): Effect.Effect<Unsure> =>
    Effect.gen(function* () {
      const ours = yield* own
      const paths = new Set((yield* owner.exports).map(({ path }) => path))
      const ofOurs = tokenFiles.filter(({ path }) => paths.has(path))
      const ahead = yield* aheadOf(ofOurs, ours)
      const now = yield* Clock.currentTimeMillis
      const expired = ahead.filter(({ tokens }) => tokens.isExpiredAt(now) && Option.isSome(tokens.refreshToken))
      const unsure = yield* Effect.filter(expired, isUnsureAfterRefresh)
      return new Set(unsure.map(({ tokenFile }) => tokenFile.path))
    }).pipe(Effect.orElseSucceed(() => new Set<string>()))

  const isTaken = ({ tokenFile: { path }, tokens }: Held, unsure: Unsure): Effect.Effect<boolean, OAuthTokenError> =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => {
      if (!tokens.isExpiredAt(now)) return owner.belongs(path, tokens)
      return unsure.has(path)
        ? Effect.fail(uncertain(account, path, "they have expired and could not be renewed"))
        : Effect.succeed(false)
    })

  /** Whoever shares the login may have refreshed it: once it is known whose it is, the account goes on with that. */
  const newest = (tokenFiles: TokenFiles, unsure: Unsure, { commit }: TokenClaim, ours: OAuthTokens) =>
    Effect.gen(function* () {
      if (tokenFiles.length === 0) return ours
      let latest = yield* withFamily(crypto, ours)
      for (const ahead of yield* aheadOf(tokenFiles, ours)) {
        const isAhead = yield* isNewer(crypto, ahead.tokens, latest)
        if (isAhead && (yield* isTaken(ahead, unsure))) latest = ahead.tokens
      }
      if (yield* isNewer(crypto, latest, ours)) yield* Effect.ignore(commit(latest))
      return latest
    })

  /**
   * Bridges first: a crash in between leaves newer tokens where the next refresh looks for them. Whatever keeps a copy
   * from being made, a defect too, must not keep the tokens from their own place.
   */
  const reserveAll = (tokenFiles: TokenFiles, ours: TokenClaim): ClaimedTokens["reserve"] =>
    Effect.gen(function* () {
      const theirs = yield* Effect.forEach(tokenFiles, ({ reserve }) => Effect.either(reserve))
      const copies = (tokens: OAuthTokens) =>
        Effect.forEach(
          theirs,
          (place) =>
            Effect.catchAllCause(
              Effect.flatMap(place, ({ commit }) => commit(tokens)),
              (cause) => Effect.logDebug("The new tokens could not be written to the bridge", cause)
            ),
          { discard: true }
        )
      return { commit: (tokens) => Effect.zipRight(copies(tokens), ours.commit(tokens)) }
    })

  const otherCopies: ClaimedTokens["otherCopies"] = Effect.flatMap(exported, heldIn).pipe(
    Effect.flatMap(Effect.filter((held) => isTaken(held, new Set()))),
    Effect.map((taken) => taken.map(({ tokens }) => tokens)),
    Effect.orElseSucceed(() => [])
  )

  const claimed = (
    { claim, tokens }: { readonly claim: TokenClaim; readonly tokens: OAuthTokens },
    tokenFiles: ReadonlyArray<LockedTokenFile>,
    unsure: Unsure
  ): ClaimedTokens => ({
    abandonedBy: claim.abandonedBy,
    confirm: Effect.forEach([claim, ...tokenFiles], ({ confirm }) => confirm, { discard: true }),
    tokens: newest(tokenFiles, unsure, claim, tokens),
    read: Effect.flatMap(own, (now) => newest(tokenFiles, unsure, claim, now)),
    reserve: reserveAll(tokenFiles, claim),
    put: claim.commit,
    unspent: claim.unspent,
    dead: Effect.map(store.dead(name), Option.map(deadTokenOf)),
    markDead: (dead) => Effect.zipRight(claim.confirm, store.markDead(name, deadText(dead))),
    otherCopies,
    isOwn: true,
    fix: command`mp account login ${argument(name)}`
  })

  const location: TokenLocation = {
    read: own,
    seen: Effect.map(stored, ({ tokens, version }) => ({
      tokens,
      // A bridge may have tokens that take their place.
      dead: Effect.succeedNone,
      withClaim: (use, options) =>
        Effect.gen(function* () {
          const unsure = yield* Effect.flatMap(shared, renew)
          const claim = yield* store.claim(name, version, options)
          const tokenFiles = yield* shared
          return yield* withAll(tokenFiles, (held) => use(claimed({ claim, tokens }, held, unsure)))
        }).pipe(Effect.scoped)
    }))
  }

  /**
   * Under the locks of both. Tokens that can be refreshed over there are marked as shared first, so that either side can
   * tell what the other one did.
   */
  const exportTokens = <A, E, R>(
    { path, refreshable }: { readonly path: string; readonly refreshable: boolean },
    use: (tokens: OAuthTokens) => Effect.Effect<A, E, R>
  ): Effect.Effect<A, E | ClaimError | ReadError, R> =>
    Effect.gen(function* () {
      const ours = yield* claimOwn
      const tokenFile = bridgeTokenFile(deps, path)
      const others = (yield* shared).filter((other) => other.path !== path)
      return yield* withAll([...others, tokenFile], (held) =>
        Effect.gen(function* () {
          const tokens = yield* newest(held, new Set(), ours.claim, ours.tokens)
          if (!refreshable || Option.isNone(tokens.refreshToken)) {
            return yield* use(new OAuthTokens({ ...tokens, refreshToken: Option.none(), session: Option.none() }))
          }
          yield* owner.note(path, tokens)
          const shareable = yield* withFamily(crypto, tokens)
          yield* ours.claim.commit(shareable)
          return yield* use(shareable)
        }).pipe(Effect.zipLeft(tokenFile.forget), Effect.ensuring(ours.claim.unspent))
      )
    }).pipe(Effect.scoped)

  /** Gives the account what a bridge of its own login has newer; its name where that was so. The locks of both are held. */
  const reclaimTokens = (
    { claim, tokens }: { readonly claim: TokenClaim; readonly tokens: OAuthTokens },
    tokenFile: BridgeTokenFile,
    unsure: Unsure
  ): Effect.Effect<Option.Option<string>, OAuthTokenError | ClaimError> =>
    Effect.gen(function* () {
      const [ahead] = yield* aheadOf([tokenFile], tokens)
      if (ahead === undefined || !(yield* isTaken(ahead, unsure))) return Option.none()
      yield* claim.commit(ahead.tokens)
      return Option.some(name)
    })

  const forgetEnded = (tokenFile: BridgeTokenFile): Effect.Effect<void> =>
    Effect.ignore(
      Effect.flatMap(tokenFile.now, (left) =>
        Option.exists(left, ({ bridge }) => carries(bridge, account)) ? Effect.void : owner.forget(tokenFile.path)
      )
    )

  return { claimOwn, exportTokens, forgetEnded, location, reclaimTokens, renew, shared }
}
