import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { BearerError } from "../../domain/oauth/OAuthError.ts"
import type { CredentialOrigin } from "../../domain/session/Session.ts"
import type { Bearer, BearerAccount, TokenResolver } from "./TokenResolver.ts"

interface LastingBearer {
  readonly bearer: Bearer
  readonly short: Option.Option<string>
}

/** What does not say when it expires is taken to last. */
export const lasts = ({ expiresAt }: Bearer, minTtl: number): Effect.Effect<boolean> =>
  Effect.map(Clock.currentTimeMillis, (now) => !Option.exists(expiresAt, (at) => at - now < minTtl))

/** Refreshed early where it would not last for `minTtl` milliseconds; one that is fresh is better than none. */
export const lastingBearer = (
  resolver: TokenResolver["Type"],
  account: BearerAccount,
  origin: CredentialOrigin,
  minTtl: number
): Effect.Effect<LastingBearer, BearerError> =>
  Effect.gen(function* () {
    const first = yield* resolver.bearer(account, origin)
    if (yield* lasts(first, minTtl)) return { bearer: first, short: Option.none() }
    const refreshed = yield* resolver
      .refused(account, origin, first.token)
      .pipe(Effect.zipRight(resolver.bearer(account, origin)), Effect.either)
    const bearer = Either.getOrElse(refreshed, () => first)
    if (yield* lasts(bearer, minTtl)) return { bearer, short: Option.none() }
    const short = Either.match(refreshed, { onLeft: notRefreshed, onRight: () => "the server grants no longer one" })
    return { bearer, short: Option.some(short) }
  })

const notRefreshed = (error: BearerError): string =>
  error._tag === "OAuthTokenError" ? "it cannot be refreshed" : `it could not be refreshed: ${error.message}`
