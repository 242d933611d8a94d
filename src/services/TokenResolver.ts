/** From an account to the bearer that stands for it at this moment. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import type { OAuthBrowserAccount, OAuthTokenAccount } from "../domain/Account.ts"
import type { FileError, LockTimeout } from "../domain/errors.ts"
import type { OAuthError } from "../domain/OAuthError.ts"
import type { CredentialOrigin } from "../domain/Session.ts"

/** A bearer token (RFC 6750) and, where it is known, when it expires. */
export interface Bearer {
  readonly token: Redacted.Redacted
  /** Epoch milliseconds. `None` for static bearers, and where the server did not say. */
  readonly expiresAt: Option.Option<number>
}

/** The account kinds that present a bearer. */
export type BearerAccount = OAuthBrowserAccount | OAuthTokenAccount

export interface TokenResolverShape {
  /**
   * The current bearer of an account. A static one is read from the account or its variable; a stored
   * one is returned while it is fresh and refreshed when it is not.
   */
  readonly bearer: (
    account: BearerAccount,
    origin: CredentialOrigin
  ) => Effect.Effect<Bearer, OAuthError | FileError | LockTimeout>

  /**
   * Says that the server refused this very bearer although it seemed fresh: the next `bearer` must be
   * another one, if there can be another. `true` when asking again may help.
   */
  readonly refused: (
    account: BearerAccount,
    origin: CredentialOrigin,
    bearer: Redacted.Redacted
  ) => Effect.Effect<boolean, OAuthError | FileError | LockTimeout>
}

export class TokenResolver extends Context.Tag("effect-mixpanel/TokenResolver")<TokenResolver, TokenResolverShape>() {}
