import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type { ConfigError, FileError } from "../../domain/errors.ts"
import type { Command } from "../../domain/hints/Command.ts"
import type { DeadToken } from "../../domain/oauth/DeadToken.ts"
import type { OAuthTokenError } from "../../domain/oauth/OAuthError.ts"
import type { OAuthTokens } from "../../domain/oauth/OAuthTokens.ts"
import type { ClaimError, StorageError, StoringError } from "../../domain/storage/StorageError.ts"
import type { ClaimOptions } from "../storage/CredentialStorage.ts"

/**
 * Why tokens cannot be read.
 * @since 0.1.0
 * @category errors
 */
export type ReadError = OAuthTokenError | ConfigError | StorageError

/**
 * The entry of an account, or a bridge.
 * @since 0.1.0
 * @category models
 */
export interface TokenLocation {
  /** The tokens as they are at this moment. Takes no lock. */
  readonly read: Effect.Effect<OAuthTokens, ReadError>
  /** The same, for whoever may claim them then. */
  readonly seen: Effect.Effect<SeenTokens, ReadError>
}

/**
 * Tokens as they were read.
 * @since 0.1.0
 * @category models
 */
export interface SeenTokens {
  readonly tokens: OAuthTokens
  /** The refresh token that is known to be dead, where that can be told without a claim. */
  readonly dead: Effect.Effect<Option.Option<DeadToken>, StoringError>
  /**
   * Runs an effect while nobody else spends or changes them, unless they are others by now: `Superseded`. Not re-entrant.
   */
  readonly withClaim: <A, E, R>(
    use: (claimed: ClaimedTokens) => Effect.Effect<A, E, R>,
    options?: Pick<ClaimOptions, "wait" | "takeOver">
  ) => Effect.Effect<A, E | ClaimError, R>
}

/**
 * A place that is taken for tokens which are not known yet.
 * @since 0.1.0
 * @category models
 */
export interface Reservation {
  /** Stores the tokens in it; what could make this fail has been tried already. */
  readonly commit: (tokens: OAuthTokens) => Effect.Effect<void, ClaimError>
}

/**
 * Tokens that nobody else spends or changes meanwhile.
 * @since 0.1.0
 * @category models
 */
export interface ClaimedTokens {
  /** Those that were claimed, or newer ones of the same login. */
  readonly tokens: Effect.Effect<OAuthTokens, ReadError>
  /** As they are now: a tool that asks nobody may have written. */
  readonly read: Effect.Effect<OAuthTokens, ReadError>
  /** Who claimed them before, and never said what became of them. */
  readonly abandonedBy: Option.Option<string>
  /** Makes sure that they still cannot be changed by anybody else: to be done last before they are spent. */
  readonly confirm: Effect.Effect<void, ClaimError>
  /** Takes the place for new tokens before the old ones are spent. Released unused with the scope. */
  readonly reserve: Effect.Effect<Reservation, FileError, Scope.Scope>
  /** Stores tokens in place of those that are there. */
  readonly put: (tokens: OAuthTokens) => Effect.Effect<void, ClaimError>
  /** Says that nothing was sent. */
  readonly unspent: Effect.Effect<void>
  /** The refresh token that is known to be dead. */
  readonly dead: Effect.Effect<Option.Option<DeadToken>, StoringError>
  /** Notes that the server called a refresh token dead. */
  readonly markDead: (dead: DeadToken) => Effect.Effect<void, ClaimError>
  /** Tokens of the same account that are kept elsewhere: looked at before a login is called dead. */
  readonly otherCopies: Effect.Effect<ReadonlyArray<OAuthTokens>>
  /** Whether the tokens were put there by logins of this machine, and not carried here in a file. */
  readonly isOwn: boolean
  /** The command that begins anew. */
  readonly fix: Command
}
