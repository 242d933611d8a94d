/**
 * Spending a refresh token so that nothing is lost: by whoever has claimed it, with the place for the answer taken
 * beforehand, and not to be interrupted from the request to the stored answer.
 */
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import type { OAuthBrowserAccount } from "../../domain/account/Account.ts"
import type { ConfigError, FileError, LockLost } from "../../domain/errors.ts"
import type { ClaimError, Superseded } from "../../domain/storage/StorageError.ts"
import {
  type BearerError,
  OAuthRefreshError,
  OAuthRefreshRevoked,
  type OAuthRequestFailed,
  OAuthTokenError,
  OAuthTokensLost,
  OAuthWrongOrigin
} from "../../domain/oauth/OAuthError.ts"
import type { Command } from "../../domain/hints/Command.ts"
import type { DeadToken } from "../../domain/oauth/DeadToken.ts"
import type { OAuthTokens } from "../../domain/oauth/OAuthTokens.ts"
import { type MintedElsewhere, originFixes, regionFixes } from "../../domain/oauth/AuthorizationServer.ts"
import { interruptedText } from "../../domain/oauth/atHand.ts"
import { isInvalidGrant, isNothingSpent } from "../../domain/oauth/TokenResponse.ts"
import { defaultLockWait } from "../platform/CredentialFiles.ts"
import type { OAuthFlow } from "../oauth/OAuthFlow.ts"
import { monotonicMillis } from "../storage/engineClock.ts"
import { hasFingerprint, isNewer, nextInFamily, tokenFingerprint } from "./tokenFamily.ts"
import { type Answer, isLost, loginTo, type Recipient, refreshed, storeAnswer, storeLate } from "./storeAnswer.ts"
import type { ClaimedTokens, Reservation, SeenTokens } from "./TokenLocation.ts"

export interface Refresh extends Recipient {
  readonly flow: OAuthFlow["Type"]
  readonly refused: Option.Option<Redacted.Redacted>
  /** Before the tokens expire, and only where nobody else is at it, or was interrupted. */
  readonly early?: { readonly millis: number }
}

interface Claiming extends Refresh {
  readonly held: ClaimedTokens
  /** The answer, from its arrival until it is stored. */
  readonly inHand: Ref.Ref<Option.Option<Answer>>
  readonly isSent: Ref.Ref<boolean>
}

/** The login was dead, and newer tokens have taken its place: they are to be refreshed in turn. */
class AdoptedNewer extends Data.TaggedError("AdoptedNewer") {}

export const refresh = (asked: Refresh): Effect.Effect<OAuthTokens, BearerError> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      const inHand = yield* Ref.make(Option.none<Answer>())
      // Whatever ends the attempt, an interruption too: an answer that has arrived is stored first.
      const exit = yield* Effect.exit(restore(attempts(asked, inHand)))
      const answer = yield* Ref.get(inHand)
      return yield* Option.match(answer, {
        onNone: () => exit,
        onSome: (late) => storeLate(asked, late)
      })
    })
  )

/** Begins again, within the wait for one claim, as long as it is lost before anything is spent. */
const attempts = (asked: Refresh, inHand: Claiming["inHand"]): Effect.Effect<OAuthTokens, BearerError> =>
  Effect.gen(function* () {
    const end = (yield* monotonicMillis) + Duration.toMillis(defaultLockWait)
    const attempt = (adopted: boolean): Effect.Effect<OAuthTokens, BearerError> =>
      Effect.gen(function* () {
        const seen = yield* asked.place.seen
        if (isUsable(asked, seen.tokens, yield* Clock.currentTimeMillis)) return seen.tokens
        yield* unlessDead(asked, seen)
        const wait = Math.max(0, end - (yield* monotonicMillis))
        return yield* seen.withClaim(
          (held) => settled({ ...asked, held, inHand, isSent: Ref.unsafeMake(false) }),
          asked.early === undefined ? { wait } : { takeOver: false }
        )
      }).pipe(
        Effect.catchTags({
          AdoptedNewer: () => (adopted ? Effect.fail(superseded(asked.account)) : attempt(true)),
          LockLost: (lost) => (lost.errno === null ? again(lost, adopted) : Effect.fail(lost)),
          Superseded: () => again(superseded(asked.account), adopted)
        })
      )
    const again = (error: LockLost | OAuthRefreshError, adopted: boolean) =>
      Effect.gen(function* () {
        const isOver = Option.isSome(yield* Ref.get(inHand)) || (yield* monotonicMillis) >= end
        return isOver ? yield* error : yield* attempt(adopted)
      })
    return yield* attempt(false)
  })

const unlessDead = ({ account, crypto }: Refresh, { dead, tokens }: SeenTokens) =>
  Effect.gen(function* () {
    const known = yield* dead
    if (Option.isNone(known) || !(yield* hasFingerprint(crypto, tokens.refreshToken, known.value.fingerprint))) return
    yield* lost(account, known.value, loginTo(account))
  })

type Failed = BearerError | Superseded | AdoptedNewer

/** A claim of which nothing was spent leaves no trace: whoever comes next need not fear that something was. */
const settled = (claiming: Claiming): Effect.Effect<OAuthTokens, Failed> =>
  Effect.ensuring(
    refreshClaimed(claiming),
    Effect.flatMap(Ref.get(claiming.isSent), (isSent) => (isSent ? Effect.void : claiming.held.unspent))
  )

const refreshClaimed = (locked: Claiming): Effect.Effect<OAuthTokens, Failed> =>
  Effect.gen(function* () {
    const tokens = yield* locked.held.tokens
    const now = yield* Clock.currentTimeMillis
    if (isUsable(locked, tokens, now)) return tokens
    const fingerprint = yield* refreshTokenOf(locked, tokens)
    const dead = Option.filter(yield* locked.held.dead, (known) => known.fingerprint === fingerprint)
    if (Option.isSome(dead)) return yield* revoked(locked, tokens, dead.value)
    return yield* Effect.scoped(
      Effect.flatMap(locked.held.reserve, (place) => spend(locked, tokens, place, fingerprint))
    )
  })

const isUsable = ({ early, refused }: Refresh, tokens: OAuthTokens, now: number): boolean =>
  !tokens.isExpiredAt(now + (early?.millis ?? 0)) &&
  !Option.exists(refused, (bearer) => Redacted.value(bearer) === Redacted.value(tokens.accessToken))

const refreshTokenOf = (locked: Claiming, { refreshToken }: OAuthTokens): Effect.Effect<string, OAuthTokenError> =>
  Option.match(refreshToken, {
    onNone: () => Effect.fail(notRefreshable(locked)),
    onSome: (token) => tokenFingerprint(locked.crypto, token)
  })

/** A dead login ends here, unless newer tokens of the same account are kept elsewhere: these take its place. */
const revoked = (locked: Claiming, tokens: OAuthTokens, dead: DeadToken): Effect.Effect<OAuthTokens, Failed> =>
  Effect.gen(function* () {
    const { held } = locked
    const now = yield* Clock.currentTimeMillis
    const helpful = (yield* held.otherCopies).filter(
      (copy) => isUsable(locked, copy, now) || Option.isSome(copy.refreshToken)
    )
    const [newer] = yield* Effect.filter(helpful, (copy) => isNewer(locked.crypto, copy, tokens))
    if (newer === undefined) return yield* lost(locked.account, dead, held.fix)
    yield* held.put(newer)
    return isUsable(locked, newer, now) ? newer : yield* new AdoptedNewer()
  })

/** Who was interrupted may have spent the token: what the server gave for it arrived nowhere. */
const lost = ({ name: account }: OAuthBrowserAccount, { abandonedBy }: DeadToken, fix: Command) =>
  Option.match(abandonedBy, {
    onNone: () => new OAuthRefreshRevoked({ account, fix }),
    onSome: (holder) => new OAuthTokensLost({ account, reason: interruptedText(holder), fixes: [fix] })
  })

const spend = (locked: Claiming, tokens: OAuthTokens, place: Reservation, spent: string) =>
  Effect.uninterruptible(
    Effect.matchEffect(locked.flow.refresh(locked.account.region, tokens, aboutToSend(locked)), {
      onSuccess: (answer) =>
        Effect.flatMap(successor(locked, tokens, answer), (next) => keep(locked, place, { next, spent })),
      onFailure: (failure) => afterRefusal(locked, spent, failure)
    })
  )

const aboutToSend = ({ held, isSent }: Claiming): Effect.Effect<void, ClaimError> =>
  Effect.zipRight(held.confirm, Ref.set(isSent, true))

/** Which login the answer belongs to must not stand between it and its place. */
const successor = ({ crypto }: Refresh, previous: OAuthTokens, answer: OAuthTokens): Effect.Effect<OAuthTokens> =>
  Effect.catchAllDefect(
    Effect.suspend(() => nextInFamily(crypto, previous, answer)),
    () => Effect.succeed(answer)
  )

/** The old token is spent: the answer is let go of only when it is stored, or cannot be. */
const keep = ({ account, audit, held, inHand }: Claiming, place: Reservation, answer: Answer) =>
  Effect.gen(function* () {
    yield* Ref.set(inHand, Option.some(answer))
    yield* storeAnswer(account, held, () => place.commit(answer.next), answer)
    yield* refreshed({ account, audit }, answer)
    return answer.next
  }).pipe(
    Effect.tapBoth({
      onSuccess: () => Ref.set(inHand, Option.none()),
      onFailure: (error) => (isLost(error) ? Effect.void : Ref.set(inHand, Option.none()))
    })
  )

const afterRefusal = (
  locked: Claiming,
  fingerprint: string,
  failure: OAuthRequestFailed | MintedElsewhere | FileError | ConfigError | ClaimError
): Effect.Effect<OAuthTokens, Failed> => {
  if (failure._tag === "MintedElsewhere") return Effect.fail(notSent(locked, failure))
  if (failure._tag !== "OAuthRequestFailed") return Effect.fail(failure)
  const told = isInvalidGrant(failure) ? confirmed(locked, fingerprint) : Effect.fail(notRefreshed(locked, failure))
  return isNothingSpent(failure) ? Effect.zipRight(Ref.set(locked.isSent, false), told) : told
}

const notRefreshed = ({ account }: Claiming, { reason, retryAfter = Option.none(), temporary }: OAuthRequestFailed) =>
  new OAuthRefreshError({
    account: account.name,
    reason,
    temporary,
    retryAfterSeconds: Option.map(retryAfter, (millis) => Math.ceil(millis / 1000))
  })

/**
 * The server called the refresh token dead. That ends the session only if it is still the one that is
 * stored: a tool that takes no lock may have got new ones in the meantime.
 */
const confirmed = (locked: Claiming, fingerprint: string): Effect.Effect<OAuthTokens, Failed> =>
  Effect.gen(function* () {
    const { account, held } = locked
    const latest = yield* held.read
    const now = yield* Clock.currentTimeMillis
    if (yield* hasFingerprint(locked.crypto, latest.refreshToken, fingerprint)) {
      const dead = { fingerprint, abandonedBy: held.abandonedBy }
      yield* Effect.catchIf(
        held.markDead(dead),
        (error) => error._tag !== "LockLost",
        ({ message }) => Effect.logDebug(`That the refresh token is dead could not be saved: ${message}`)
      )
      return yield* revoked(locked, latest, dead)
    }
    return latest.isExpiredAt(now) ? yield* Effect.fail(superseded(account)) : latest
  })

const superseded = (account: OAuthBrowserAccount) =>
  new OAuthRefreshError({
    account: account.name,
    reason: "another program has stored other tokens meanwhile",
    temporary: true
  })

/** Only an origin that this machine has noted itself may stand in a command that sends tokens there. */
const notSent = ({ account, held }: Claiming, elsewhere: MintedElsewhere) =>
  new OAuthWrongOrigin({
    account: account.name,
    elsewhere,
    fixes: [...(held.isOwn ? originFixes(elsewhere) : regionFixes(elsewhere)), held.fix]
  })

const notRefreshable = ({ account, held, refused }: Claiming) =>
  new OAuthTokenError({
    account: account.name,
    reason: `it ${Option.isSome(refused) ? "was refused" : "has expired"}, and there is no refresh token.`,
    fixes: [held.fix],
    details: { account: account.name }
  })
