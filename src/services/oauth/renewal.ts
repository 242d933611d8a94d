/**
 * Spending a refresh token so that nothing is lost: under the account's lock, against a fresh read, with the
 * place for the answer taken beforehand, and not to be interrupted from the request to the stored answer.
 */
import { createHash } from "node:crypto"
import * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { OAuthBrowserAccount } from "../../domain/Account.ts"
import type { ConfigError, FileError } from "../../domain/errors.ts"
import { type BearerError, OAuthRefreshError, OAuthRefreshRevoked, OAuthTokenError } from "../../domain/OAuthError.ts"
import type { OAuthTokens } from "../../domain/OAuthTokens.ts"
import { isInvalidGrant, type TokenRefusal } from "../../domain/oauth/TokenResponse.ts"
import type { OAuthFlow } from "../OAuthFlow.ts"
import type { Reservation, TokenStore } from "../TokenStore.ts"

/** What a renewal works on. */
export interface Renewal {
  readonly store: Context.Tag.Service<TokenStore>
  readonly flow: Context.Tag.Service<OAuthFlow>
  readonly account: OAuthBrowserAccount
  /** The access token that the server refused, when that is why. */
  readonly refused: Option.Option<Redacted.Redacted>
  readonly read: Effect.Effect<OAuthTokens, OAuthTokenError>
}

/** New tokens, or those that someone else has got in the meantime. */
export const renew = (renewal: Renewal): Effect.Effect<OAuthTokens, BearerError> =>
  renewal.store.withLock(renewal.account.name)(renewLocked(renewal))

const renewLocked = (renewal: Renewal): Effect.Effect<OAuthTokens, BearerError> =>
  Effect.gen(function* () {
    const tokens = yield* renewal.read
    const now = yield* Clock.currentTimeMillis
    if (isUsable(renewal, tokens, now)) return tokens
    const fingerprint = yield* spendable(renewal, tokens)
    return yield* Effect.scoped(
      Effect.flatMap(renewal.store.reserve(renewal.account.name), (place) => spend(renewal, tokens, place, fingerprint))
    )
  })

/** Fresh, and not the one that was refused. */
const isUsable = ({ refused }: Renewal, tokens: OAuthTokens, now: number): boolean =>
  !tokens.isExpiredAt(now) &&
  !Option.exists(refused, (bearer) => Redacted.value(bearer) === Redacted.value(tokens.accessToken))

/** A refresh token that is there and not known to be dead. */
const spendable = (
  { account, refused, store }: Renewal,
  tokens: OAuthTokens
): Effect.Effect<string, OAuthTokenError | OAuthRefreshRevoked | FileError> =>
  Effect.gen(function* () {
    if (Option.isNone(tokens.refreshToken)) return yield* Effect.fail(notRefreshable(account, refused))
    const fingerprint = fingerprintOf(tokens.refreshToken.value)
    const dead = yield* store.dead(account.name)
    if (Option.contains(dead, fingerprint))
      return yield* Effect.fail(new OAuthRefreshRevoked({ account: account.name }))
    return fingerprint
  })

/** Tells one refresh token from another without holding it. */
export const fingerprintOf = (token: Redacted.Redacted): string =>
  createHash("sha256").update(Redacted.value(token)).digest("base64url")

const spend = (
  renewal: Renewal,
  tokens: OAuthTokens,
  place: Reservation,
  fingerprint: string
): Effect.Effect<OAuthTokens, BearerError> =>
  Effect.uninterruptible(
    Effect.matchEffect(renewal.flow.refresh(renewal.account.region, tokens), {
      onSuccess: (next) => Effect.as(keep(renewal, place, next), next),
      onFailure: (failure) => afterRefusal(renewal, fingerprint, failure)
    })
  )

/** The old token is spent: when the reserved place fails after all, the new one gets another chance. */
const keep = ({ account, store }: Renewal, place: Reservation, next: OAuthTokens): Effect.Effect<void, FileError> =>
  Effect.catchAll(place.commit(next), () => store.put(account.name, next))

const afterRefusal = (
  renewal: Renewal,
  fingerprint: string,
  failure: TokenRefusal | FileError | ConfigError
): Effect.Effect<OAuthTokens, BearerError> => {
  if ("_tag" in failure) return Effect.fail(failure)
  if (isInvalidGrant(failure)) return confirmed(renewal, fingerprint)
  const { reason, temporary } = failure
  return Effect.fail(new OAuthRefreshError({ account: renewal.account.name, reason, temporary }))
}

/**
 * The server called the refresh token dead. That ends the session only if it is still the one that is
 * stored: a tool that takes no lock may have got new ones in the meantime.
 */
const confirmed = ({ account, read, store }: Renewal, fingerprint: string): Effect.Effect<OAuthTokens, BearerError> =>
  Effect.gen(function* () {
    const latest = yield* read
    const now = yield* Clock.currentTimeMillis
    if (Option.exists(latest.refreshToken, (token) => fingerprintOf(token) === fingerprint)) {
      yield* Effect.catchAll(store.markDead(account.name, fingerprint), ({ message }) =>
        Effect.logDebug(`That the refresh token is dead could not be noted: ${message}`)
      )
      return yield* Effect.fail(new OAuthRefreshRevoked({ account: account.name }))
    }
    return latest.isExpiredAt(now) ? yield* Effect.fail(overtaken(account)) : latest
  })

const overtaken = (account: OAuthBrowserAccount) =>
  new OAuthRefreshError({
    account: account.name,
    reason: "another program has stored other tokens meanwhile",
    temporary: true
  })

const notRefreshable = (account: OAuthBrowserAccount, refused: Renewal["refused"]) =>
  new OAuthTokenError({
    account: account.name,
    reason: `it ${Option.isSome(refused) ? "was refused" : "has expired"}, and there is no refresh token.`,
    fix: `mp account login ${account.name}`,
    details: { account: account.name }
  })
