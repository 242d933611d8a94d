/** Where the tokens of a login are kept, and what may be done with them while nobody else changes them. */
import type { Command } from "../../domain/hints/Command.ts"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type { ConfigError, FileError, LockError, LockLost } from "../../domain/errors.ts"
import type { OAuthTokenError } from "../../domain/oauth/OAuthError.ts"
import type { OAuthTokens } from "../../domain/oauth/OAuthTokens.ts"
import type { LockOptions } from "../platform/CredentialFiles.ts"
import type { Reservation } from "./TokenStore.ts"

/**
 * `tokens.json` of an account, or a bridge.
 * @since 0.1.0
 * @category models
 */
export interface TokenLocation {
  /** The tokens as they are at this moment. */
  readonly read: Effect.Effect<OAuthTokens, OAuthTokenError | ConfigError>
  /** Runs an effect while no other process or fiber changes the tokens. Not re-entrant. */
  readonly withLock: <A, E, R>(
    use: (held: LockedTokens) => Effect.Effect<A, E, R>,
    options?: LockOptions
  ) => Effect.Effect<A, E | FileError | LockError, R>
}

/**
 * A place whose lock is held.
 * @since 0.1.0
 * @category models
 */
export interface LockedTokens {
  /** Makes sure that the tokens still cannot be changed by anybody else: to be done last before they are spent. */
  readonly confirm: Effect.Effect<void, LockLost>
  readonly read: Effect.Effect<OAuthTokens, OAuthTokenError | ConfigError>
  /** Takes the place for new tokens before the old ones are spent. Released unused with the scope. */
  readonly reserve: Effect.Effect<Reservation, FileError, Scope.Scope>
  /** Stores tokens in place of those that are there. */
  readonly put: (tokens: OAuthTokens) => Effect.Effect<void, FileError | LockLost>
  /** The fingerprint of the refresh token that is known to be dead. */
  readonly dead: Effect.Effect<Option.Option<string>, FileError>
  /** Notes that the server called the refresh token with this fingerprint dead. */
  readonly markDead: (fingerprint: string) => Effect.Effect<void, FileError | LockLost>
  /** Tokens of the same account that are kept elsewhere: looked at before a login is called dead. */
  readonly otherCopies: Effect.Effect<ReadonlyArray<OAuthTokens>>
  /** Whether the tokens were put there by logins of this machine, and not carried here in a file. */
  readonly isOwn: boolean
  /** The command that begins anew. */
  readonly fix: Command
}
