/** A bridge whose tokens are ahead of the account's: which of them the account may go on with. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { OAuthBrowserAccount } from "../../domain/account/Account.ts"
import type { BearerError, OAuthTokenError } from "../../domain/oauth/OAuthError.ts"
import type { OAuthTokens } from "../../domain/oauth/OAuthTokens.ts"
import { belongs, uncertain } from "./bridgeOwner.ts"
import { bridgePlace } from "./bridgePlace.ts"
import type { BridgeSlot } from "./bridgeSlot.ts"
import type { BridgeWorld } from "./bridgeWorld.ts"
import { refresh } from "../tokens/refresh.ts"

/** The tokens of a bridge. */
export interface Ahead {
  readonly slot: BridgeSlot
  readonly tokens: OAuthTokens
}

/** The paths of bridges that could not be renewed for now: what became of their tokens is not known. */
export type Unsure = ReadonlySet<string>

/**
 * Only a bearer that works can show whose it is: tokens that have expired are renewed where they are, in the bridge. Holds
 * no lock but the bridge's.
 */
export const renewAhead = (
  world: BridgeWorld,
  account: OAuthBrowserAccount,
  ahead: ReadonlyArray<Ahead>
): Effect.Effect<Unsure> =>
  Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const expired = ahead.filter(({ tokens }) => tokens.isExpiredAt(now) && Option.isSome(tokens.refreshToken))
    const failed = yield* Effect.forEach(expired, ({ slot }) =>
      Option.match(world.flow, {
        onNone: () => Effect.succeedSome(slot.path),
        onSome: (flow) =>
          Effect.match(
            refresh({ place: bridgePlace(world, account, slot.path), flow, account, refused: Option.none() }),
            {
              onFailure: (error) => (isFinal(error) ? Option.none<string>() : Option.some(slot.path)),
              onSuccess: () => Option.none<string>()
            }
          )
      })
    )
    return new Set(failed.flatMap(Option.toArray))
  })

/** The server has said that these tokens give no others. */
const isFinal = (error: BearerError): boolean =>
  error._tag === "OAuthRefreshRevoked" ||
  error._tag === "OAuthTokenError" ||
  (error._tag === "OAuthRefreshError" && !error.temporary)

/** Whether the account goes on with them. */
export const isTaken = (
  world: BridgeWorld,
  account: OAuthBrowserAccount,
  { slot, tokens }: Ahead,
  unsure: Unsure
): Effect.Effect<boolean, OAuthTokenError> =>
  Effect.flatMap(Clock.currentTimeMillis, (now) => {
    if (!tokens.isExpiredAt(now)) return belongs(world, account, slot.path, tokens)
    return unsure.has(slot.path)
      ? Effect.fail(uncertain(account, slot.path, "they have expired and could not be renewed"))
      : Effect.succeed(false)
  })
