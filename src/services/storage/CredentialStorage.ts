/**
 * What is stored under a name rather than at a path: tokens, the configuration, registrations, caches. It may lie on this
 * machine's disk, or on an engine that many machines share.
 *
 * A claim protects the sending of what an entry holds, the version protects the write of what comes of it: a holder that is
 * late can still store its answer where nobody has written since, and overwrites nothing where somebody has.
 */
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import {
  type Claimed,
  plainly,
  type StorageError,
  type StoringError,
  type Superseded
} from "../../domain/storage/StorageError.ts"

/** Only equality means something. Chosen by the writer, never used twice: a write that is sent again knows itself. */
export type Version = string

/**
 * What is stored under a key.
 * @since 0.1.0
 * @category stores
 */
export interface Entry {
  readonly value: string
  readonly version: Version
}

/**
 * What has to be there for a write to happen.
 * @since 0.1.0
 * @category stores
 */
export type Expected = "absent" | "any" | { readonly version: Version }

/**
 * The condition of a write, and how long its entry lasts.
 * @since 0.1.0
 * @category stores
 */
export interface PutOptions {
  readonly expected: Expected
  /** For a write that may have to be sent again. */
  readonly version?: Version
  /** Engines forget the entry afterwards; files stay. */
  readonly timeToLive?: Duration.DurationInput
}

/**
 * How long a claim counts, and whether it may be taken over.
 * @since 0.1.0
 * @category stores
 */
export interface ClaimOptions {
  /** How long others wait for whoever holds the claim; 20 s unless given. */
  readonly lease?: Duration.DurationInput
  /** Whether a claim may be taken over whose lease ended before it was settled; `true` unless given. */
  readonly takeOver?: boolean
  /** How long to wait for whoever has it, before that is told. Engines do not wait unless it is given. */
  readonly wait?: Duration.DurationInput
}

/**
 * The right to spend what a version of an entry holds, and the place for what comes of it.
 * @since 0.1.0
 * @category stores
 */
export interface Claim {
  /** Who claimed this version before and never settled it: it died, or is slower than its lease. */
  readonly abandonedBy: Option.Option<string>
  /**
   * To be done last before what the version holds is spent: takes the place for what will come of it, and makes sure that
   * nobody else can have the claim before that is stored. Where that is not sure any more, the claim is given back.
   */
  readonly confirm: Effect.Effect<void, StorageError | Superseded>
  /**
   * Stores what came of it, also after the lease and the scope have ended: where the version is still the one that was
   * claimed, or where there is nothing at all, not even a gravestone. The same value may be committed again.
   */
  readonly commit: (value: string) => Effect.Effect<Entry, StorageError | Superseded>
  /** Removes the entry, where the version is still the one that was claimed. */
  readonly remove: Effect.Effect<boolean, StorageError | Superseded>
  /** Says that nothing was spent. Without it, and without `commit`, the claim counts as abandoned. */
  readonly unspent: Effect.Effect<void>
}

/**
 * What an edit answers, and the new value; `None` leaves the entry as it is.
 * @since 0.1.0
 * @category stores
 */
export type Change<A> = readonly [result: A, value: Option.Option<string>]

/**
 * What `CredentialStorage` offers.
 * @since 0.1.0
 * @category stores
 */
export interface CredentialStorageShape {
  /** Whether it is an engine, which other machines may use, and not the disk of this one. */
  readonly isShared: boolean
  /** The entry of a key, or `None`. */
  readonly get: (key: string) => Effect.Effect<Option.Option<Entry>, StorageError>
  /** A value is never empty. */
  readonly put: (key: string, value: string, how: PutOptions) => Effect.Effect<Entry, StorageError | Superseded>
  /** On engines it leaves a gravestone for 10 min: "logged out" and "the engine forgot" are told apart. */
  readonly remove: (
    key: string,
    expected: "any" | { readonly version: Version }
  ) => Effect.Effect<boolean, StorageError | Superseded>
  /** The keys that begin so. */
  readonly list: (prefix: string) => Stream.Stream<string, StorageError>
  /** Given back with the scope. On disk it is the lock of the file. */
  readonly claim: (
    key: string,
    version: Version,
    how?: ClaimOptions
  ) => Effect.Effect<Claim, StorageError | Superseded | Claimed, Scope.Scope>
  /** Epoch milliseconds by the clock of the engine: one clock for all machines. */
  readonly now: Effect.Effect<number>
  /** Where an entry lies, for messages: without secrets. */
  readonly describe: (key: string) => Effect.Effect<string>
  /** Reads, changes and stores. On engines the edit runs again where somebody else was faster, for up to 45 s. */
  readonly update: <A, E, R>(
    key: string,
    edit: (value: Option.Option<string>) => Effect.Effect<Change<A>, E, R>
  ) => Effect.Effect<A, E | StorageError | Superseded, R>
}

/** What is done whatever is there is never superseded; what the disk said is told as it is. */
export const whatever = <A>(step: Effect.Effect<A, StorageError | Superseded>): Effect.Effect<A, StoringError> =>
  Effect.mapError(Effect.catchTag(step, "Superseded", Effect.die), (error) => plainly(error))

export const mostAtOnce = 16

/**
 * The store of credentials that machines may share.
 *
 * @example
 * ```ts
 * const entry = Effect.flatMap(CredentialStorage, (storage) => storage.get("accounts/me/tokens.json"))
 * ```
 * @since 0.1.0
 * @category services
 */
export class CredentialStorage extends Context.Tag("effect-mixpanel/CredentialStorage")<
  CredentialStorage,
  CredentialStorageShape
>() {}
