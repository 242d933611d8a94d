import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { AccountName } from "../../domain/account/identifiers.ts"
import { isDue } from "../../domain/oauth/atHand.ts"
import type { OAuthTokens } from "../../domain/oauth/OAuthTokens.ts"
import { monotonicMillis } from "../storage/engineClock.ts"
import type { TokenSettingsShape } from "./TokenSettings.ts"

const pauseMillis = 5000

export const makeEarlyRenewal = ({ renewBefore }: TokenSettingsShape, scope: Scope.Scope) => {
  const earlierMillis = renewBefore === "never" ? 0 : Duration.toMillis(renewBefore)
  const begun = new Map<AccountName, number>()
  return <E extends { readonly message: string }>(
    account: AccountName,
    tokens: OAuthTokens,
    renew: (early: { readonly millis: number }) => Effect.Effect<unknown, E>
  ): Effect.Effect<void> =>
    Effect.flatMap(Effect.all([Clock.currentTimeMillis, monotonicMillis]), ([now, monotonic]) => {
      const isBegun = monotonic - (begun.get(account) ?? Number.NEGATIVE_INFINITY) < pauseMillis
      if (isBegun || !isDue(tokens, now, earlierMillis)) return Effect.void
      begun.set(account, monotonic)
      const renewal = Effect.catchAll(renew({ millis: earlierMillis }), ({ message }) => Effect.logDebug(message))
      return Effect.asVoid(Effect.forkIn(Effect.interruptible(renewal), scope))
    })
}
