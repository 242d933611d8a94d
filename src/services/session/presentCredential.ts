/** What a session presents of its account at this moment. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { PresentedCredential } from "../../domain/api/bazelCredential.ts"
import { basic, bearer } from "../../domain/api/RequestHeaders.ts"
import type { BearerError } from "../../domain/oauth/OAuthError.ts"
import type { Identity } from "../../domain/session/Caller.ts"
import { TokenResolver } from "../tokens/TokenResolver.ts"

/** The value of `Authorization`; a bearer that has expired is refreshed first. */
export const presentCredential = ({
  account,
  origin
}: Identity): Effect.Effect<PresentedCredential, BearerError, TokenResolver> =>
  account.type === "service_account"
    ? Effect.succeed({
        authorization: Redacted.make(basic(account.username, Redacted.value(account.secret))),
        expiresAt: Option.none()
      })
    : Effect.map(
        Effect.flatMap(TokenResolver, (tokens) => tokens.bearer(account, origin)),
        ({ expiresAt, token }) => ({ authorization: Redacted.make(bearer(Redacted.value(token))), expiresAt })
      )
