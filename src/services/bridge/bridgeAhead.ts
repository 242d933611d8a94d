/** A bridge whose tokens are ahead of the account's: which of them the account may go on with. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { OAuthBrowserAccount } from "../../domain/account/Account.ts"
import type { BearerError, OAuthTokenError } from "../../domain/oauth/OAuthError.ts"
import type { OAuthTokens } from "../../domain/oauth/OAuthTokens.ts"
import { belongs, uncertain } from "./bridgeOwner.ts"
import { bridgePlace } from "./bridgePlace.ts"
import type { BridgeTokenFile } from "./BridgeTokenFile.ts"
import type { BridgeDeps } from "./BridgeDeps.ts"
import { refresh } from "../tokens/refresh.ts"

/** The tokens of a bridge. */
export interface Ahead {
  readonly tokenFile: BridgeTokenFile
  readonly tokens: OAuthTokens
}

/** The paths of bridges that could not be renewed for now: what became of their tokens is not known. */
export type Unsure = ReadonlySet<string>

/**
 * Only a bearer that works can show whose it is: tokens that have expired are renewed where they are, in the bridge. Holds
 * no lock but the bridge's.
 */
export const renewAhead = (
  deps: BridgeDeps,
  account: OAuthBrowserAccount,
  ahead: ReadonlyArray<Ahead>
): Effect.Effect<Unsure> =>
  Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const expired = ahead.filter(({ tokens }) => tokens.isExpiredAt(now) && Option.isSome(tokens.refreshToken))
    const failed = yield* Effect.forEach(expired, ({ tokenFile }) =>
      Option.match(deps.flow, {
        onNone: () => Effect.succeedSome(tokenFile.path),
        onSome: (flow) =>
          Effect.match(
            refresh({
              place: bridgePlace(deps, account, tokenFile.path),
              flow,
              crypto: deps.crypto,
              account,
              refused: Option.none()
            }),
            {
              onFailure: (error) => (isFinal(error) ? Option.none<string>() : Option.some(tokenFile.path)),
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
  deps: BridgeDeps,
  account: OAuthBrowserAccount,
  { tokenFile, tokens }: Ahead,
  unsure: Unsure
): Effect.Effect<boolean, OAuthTokenError> =>
  Effect.flatMap(Clock.currentTimeMillis, (now) => {
    if (!tokens.isExpiredAt(now)) return belongs(deps, account, tokenFile.path, tokens)
    return unsure.has(tokenFile.path)
      ? Effect.fail(uncertain(account, tokenFile.path, "they have expired and could not be renewed"))
      : Effect.succeed(false)
  })
