/**
 * Spending a refresh token so that nothing is lost: under the account's lock, against a fresh read, with the
 * place for the answer taken beforehand, and not to be interrupted from the request to the stored answer.
 */
import * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { OAuthBrowserAccount } from "../../domain/Account.ts"
import type { ConfigError, FileError } from "../../domain/errors.ts"
import {
  type BearerError,
  OAuthRefreshError,
  OAuthRefreshRevoked,
  OAuthTokenError,
  OAuthWrongOrigin
} from "../../domain/OAuthError.ts"
import type { OAuthTokens } from "../../domain/OAuthTokens.ts"
import { type MintedElsewhere, wayHome, wayToRegion } from "../../domain/oauth/AuthorizationServer.ts"
import { isInvalidGrant, type TokenRefusal } from "../../domain/oauth/TokenResponse.ts"
import type { OAuthFlow } from "../OAuthFlow.ts"
import type { Reservation } from "../TokenStore.ts"
import { fingerprintOf, isNewer, succeeding } from "./lineage.ts"
import type { HeldPlace, TokenPlace } from "./TokenPlace.ts"

/** What a renewal works on. */
export interface Renewal {
  readonly place: TokenPlace
  readonly flow: Context.Tag.Service<OAuthFlow>
  readonly account: OAuthBrowserAccount
  /** The access token that the server refused, when that is why. */
  readonly refused: Option.Option<Redacted.Redacted>
}

interface Held extends Renewal {
  readonly held: HeldPlace
}

/** The login was dead, and newer tokens have taken its place: they are to be renewed in turn. */
class Adopted extends Data.TaggedError("Adopted") {}

/** New tokens, or those that someone else has got in the meantime. */
export const renew = (renewal: Renewal): Effect.Effect<OAuthTokens, BearerError> => {
  const once = renewal.place.withLock((held) => renewLocked({ ...renewal, held }))
  return once.pipe(
    Effect.catchTag("Adopted", () => once),
    Effect.catchTag("Adopted", () => Effect.fail(overtaken(renewal.account)))
  )
}

const renewLocked = (renewal: Held): Effect.Effect<OAuthTokens, BearerError | Adopted> =>
  Effect.gen(function* () {
    const tokens = yield* renewal.held.read
    const now = yield* Clock.currentTimeMillis
    if (isUsable(renewal, tokens, now)) return tokens
    const fingerprint = yield* refreshTokenOf(renewal, tokens)
    if (Option.contains(yield* renewal.held.dead, fingerprint)) return yield* ended(renewal, tokens)
    return yield* Effect.scoped(
      Effect.flatMap(renewal.held.reserve, (place) => spend(renewal, tokens, place, fingerprint))
    )
  })

/** Fresh, and not the one that was refused. */
const isUsable = ({ refused }: Renewal, tokens: OAuthTokens, now: number): boolean =>
  !tokens.isExpiredAt(now) &&
  !Option.exists(refused, (bearer) => Redacted.value(bearer) === Redacted.value(tokens.accessToken))

/** The fingerprint of the refresh token, which must be there. */
const refreshTokenOf = (renewal: Held, { refreshToken }: OAuthTokens): Effect.Effect<string, OAuthTokenError> =>
  Option.match(refreshToken, {
    onNone: () => Effect.fail(notRefreshable(renewal)),
    onSome: (token) => Effect.succeed(fingerprintOf(token))
  })

/** A dead login ends here, unless newer tokens of the same account are kept elsewhere: these take its place. */
const ended = (renewal: Held, dead: OAuthTokens): Effect.Effect<OAuthTokens, BearerError | Adopted> =>
  Effect.gen(function* () {
    const { account, held } = renewal
    const now = yield* Clock.currentTimeMillis
    const newer = (yield* held.elsewhere).find(
      (tokens) => isNewer(tokens, dead) && (isUsable(renewal, tokens, now) || Option.isSome(tokens.refreshToken))
    )
    if (newer === undefined) return yield* new OAuthRefreshRevoked({ account: account.name, fix: held.fix })
    yield* held.put(newer)
    return isUsable(renewal, newer, now) ? newer : yield* new Adopted()
  })

const spend = (
  renewal: Held,
  tokens: OAuthTokens,
  place: Reservation,
  fingerprint: string
): Effect.Effect<OAuthTokens, BearerError | Adopted> =>
  Effect.uninterruptible(
    Effect.matchEffect(renewal.flow.refresh(renewal.account.region, tokens), {
      onSuccess: (answer) => {
        const next = succeeding(tokens, answer)
        return Effect.as(keep(renewal, place, next), next)
      },
      onFailure: (failure) => afterRefusal(renewal, fingerprint, failure)
    })
  )

/** The old token is spent: when the reserved place fails after all, the new one gets another chance. */
const keep = ({ held }: Held, place: Reservation, next: OAuthTokens): Effect.Effect<void, FileError> =>
  Effect.catchAll(place.commit(next), () => held.put(next))

const afterRefusal = (
  renewal: Held,
  fingerprint: string,
  failure: TokenRefusal | MintedElsewhere | FileError | ConfigError
): Effect.Effect<OAuthTokens, BearerError | Adopted> => {
  if ("_tag" in failure) return Effect.fail(failure._tag === "MintedElsewhere" ? notSent(renewal, failure) : failure)
  if (isInvalidGrant(failure)) return confirmed(renewal, fingerprint)
  const { reason, temporary } = failure
  return Effect.fail(new OAuthRefreshError({ account: renewal.account.name, reason, temporary }))
}

/**
 * The server called the refresh token dead. That ends the session only if it is still the one that is
 * stored: a tool that takes no lock may have got new ones in the meantime.
 */
const confirmed = (renewal: Held, fingerprint: string): Effect.Effect<OAuthTokens, BearerError | Adopted> =>
  Effect.gen(function* () {
    const { account, held } = renewal
    const latest = yield* held.read
    const now = yield* Clock.currentTimeMillis
    if (Option.exists(latest.refreshToken, (token) => fingerprintOf(token) === fingerprint)) {
      yield* Effect.catchAll(held.markDead(fingerprint), ({ message }) =>
        Effect.logDebug(`That the refresh token is dead could not be noted: ${message}`)
      )
      return yield* ended(renewal, latest)
    }
    return latest.isExpiredAt(now) ? yield* Effect.fail(overtaken(account)) : latest
  })

const overtaken = (account: OAuthBrowserAccount) =>
  new OAuthRefreshError({
    account: account.name,
    reason: "another program has stored other tokens meanwhile",
    temporary: true
  })

/** Only an origin that this machine has noted itself may stand in a command that sends tokens there. */
const notSent = ({ account, held }: Held, elsewhere: MintedElsewhere) =>
  new OAuthWrongOrigin({
    account: account.name,
    elsewhere,
    fixes: [...(held.isOwn ? wayHome(elsewhere) : wayToRegion(elsewhere)), held.fix]
  })

const notRefreshable = ({ account, held, refused }: Held) =>
  new OAuthTokenError({
    account: account.name,
    reason: `it ${Option.isSome(refused) ? "was refused" : "has expired"}, and there is no refresh token.`,
    fix: held.fix,
    details: { account: account.name }
  })
