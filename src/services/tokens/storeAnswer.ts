import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { OAuthBrowserAccount } from "../../domain/account/Account.ts"
import { argument, type Command, command } from "../../domain/hints/Command.ts"
import type { LockLost } from "../../domain/errors.ts"
import type { ClaimError, Superseded } from "../../domain/storage/StorageError.ts"
import { defaultLockWait } from "../platform/CredentialFiles.ts"
import { type BearerError, type OAuthTokenError, OAuthTokensLost } from "../../domain/oauth/OAuthError.ts"
import type { OAuthTokens } from "../../domain/oauth/OAuthTokens.ts"
import type { Audit } from "../audit/Audit.ts"
import type { Crypto } from "../platform/Crypto.ts"
import { hasFingerprint } from "./tokenFamily.ts"
import type { ClaimedTokens, TokenLocation } from "./TokenLocation.ts"

export interface Answer {
  readonly next: OAuthTokens
  readonly spent: string
}

export interface Recipient {
  readonly place: TokenLocation
  readonly crypto: Crypto["Type"]
  readonly audit: Audit["Type"]
  readonly account: OAuthBrowserAccount
}

/** Something threw that never should: it loses no tokens, and only its kind is told. */
interface Thrown {
  readonly _tag: "Thrown"
  readonly name: string
}

type NotStored = ClaimError | Thrown

const nameOf = (defect: unknown): string => (defect instanceof Error ? defect.name : "an unknown error")

/** What is thrown while the step is made counts as what is thrown while it runs. */
const caught = <A, E>(step: () => Effect.Effect<A, E>): Effect.Effect<A, E | Thrown> =>
  Effect.catchAllDefect(Effect.suspend(step), (defect) => Effect.fail<Thrown>({ _tag: "Thrown", name: nameOf(defect) }))

/** Tries the place that was taken for the answer, and then another one. A lost claim ends it: others may write now. */
export const storeAnswer = (
  account: OAuthBrowserAccount,
  held: ClaimedTokens,
  reserved: () => Effect.Effect<void, ClaimError>,
  { next }: Answer
): Effect.Effect<void, OAuthTokensLost | ClaimError> =>
  caught(reserved).pipe(
    Effect.catchAll(
      (error): Effect.Effect<void, NotStored> => (isLost(error) ? Effect.fail(error) : caught(() => held.put(next)))
    ),
    Effect.catchAll(
      (error): Effect.Effect<void, OAuthTokensLost | ClaimError> =>
        isLost(error) ? Effect.fail(error) : unlessThere(account, held, next, error)
    )
  )

export const isLost = (error: { readonly _tag: string }): error is LockLost | Superseded =>
  error._tag === "LockLost" || error._tag === "Superseded"

/** The disk may have stored them without confirming it: then they are not lost. */
const unlessThere = (
  account: OAuthBrowserAccount,
  held: ClaimedTokens,
  next: OAuthTokens,
  error: Exclude<NotStored, LockLost | Superseded>
): Effect.Effect<void, OAuthTokensLost | ClaimError> =>
  Effect.gen(function* () {
    const there = yield* Effect.option(caught(() => held.read))
    const isThere = Option.exists(
      there,
      ({ accessToken }) => Redacted.value(accessToken) === Redacted.value(next.accessToken)
    )
    if (isThere) return error._tag === "Thrown" ? undefined : yield* error
    return yield* error._tag === "Thrown"
      ? tokensLost(account, `an internal error (${error.name})`, [held.fix])
      : tokensLost(account, error.message, [...error.hints, held.fix])
  })

const tokensLost = (account: OAuthBrowserAccount, reason: string, fixes: ReadonlyArray<Command>) =>
  new OAuthTokensLost({ account: account.name, reason, fixes })

export const refreshed = ({ account, audit }: Pick<Recipient, "account" | "audit">, { next }: Answer) =>
  audit.record({ event: "refresh", account: account.name, token: Option.some(next.accessToken) })

const lateTries = 3

/**
 * The lock was lost while the answer was on its way, or something threw: under the lock, taken again, it is stored if
 * nobody has stored anything since, and else what they stored is what counts.
 */
export const storeLate = (asked: Recipient, answer: Answer): Effect.Effect<OAuthTokens, BearerError> => {
  const { account, place } = asked
  const once = caught(() =>
    Effect.flatMap(place.seen, ({ tokens, withClaim }) =>
      Effect.flatMap(hasFingerprint(asked.crypto, tokens.refreshToken, answer.spent), (isSame) =>
        isSame
          ? withClaim((held) => storeUnlessNewer(asked, held, answer), { wait: defaultLockWait })
          : Effect.succeed(tokens)
      )
    )
  )
  return Effect.retry(once, {
    times: lateTries - 1,
    while: (error) => isLost(error) || error._tag === "Thrown"
  }).pipe(
    Effect.catchTags({
      LockLost: (error) => notLocked(account, error),
      LockTimeout: (error) => notLocked(account, error),
      Superseded: (error) => notLocked(account, error),
      Claimed: (error) => notLocked(account, error),
      FileError: (error) => notLocked(account, error),
      OAuthTokenError: (error) => (isUnread(error) ? unread(account, error) : error),
      Thrown: ({ name }) => tokensLost(account, `an internal error (${name})`, [loginTo(account)])
    })
  )
}

const storeUnlessNewer = ({ account, audit, crypto }: Recipient, held: ClaimedTokens, answer: Answer) =>
  Effect.gen(function* () {
    const latest = yield* held.read
    if (!(yield* hasFingerprint(crypto, latest.refreshToken, answer.spent))) return latest
    yield* held.confirm
    yield* storeAnswer(account, held, () => held.put(answer.next), answer)
    yield* refreshed({ account, audit }, answer)
    return answer.next
  })

/** Nothing can be read there, which says nothing of what somebody else may have done. */
const isUnread = ({ details }: OAuthTokenError): boolean => "problem" in details

const unread = (account: OAuthBrowserAccount, { fixes, reason }: OAuthTokenError) =>
  tokensLost(account, reason.replace(/\.$/, ""), [...fixes, loginTo(account)])

export const loginTo = ({ name }: OAuthBrowserAccount): Command => command`mp account login ${argument(name)}`

const notLocked = (account: OAuthBrowserAccount, error: ClaimError) =>
  tokensLost(account, `the lock was lost before they came, and could not be had again: ${error.message}`, [
    ...error.hints,
    loginTo(account)
  ])
