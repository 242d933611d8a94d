/**
 * The only access to the disk. Everything that is stored (configuration, tokens, registrations, caches,
 * bridges) goes through these few operations, so that replacing this one service replaces the disk.
 */
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import { maxConfigBytes } from "../../domain/config/configSize.ts"
import type { FileError, LockError, LockLost } from "../../domain/errors.ts"

export const maxFileBytes = maxConfigBytes

/** The largest cache: `/me` of an organization with thousands of projects is longer than any credential. */
const maxCacheBytes = 16_777_216

export const maxBytesOf = (path: string): number => (path.endsWith("/me.json") ? maxCacheBytes : maxFileBytes)

export const maxSizeOf = (path: string): string => `${maxBytesOf(path) / 1_048_576} MiB`

/** How long a lock is waited for by default: 45 s, longer than the longest hold. */
export const defaultLockWait: Duration.DurationInput = "45 seconds"

export interface LockOptions {
  readonly wait?: Duration.DurationInput
}

export interface FileLock {
  /**
   * Makes sure, in one step, that the lock is still held, and keeps others from taking this process for dead for
   * another 20 s. To be called just before something that cannot be undone.
   */
  readonly confirm: Effect.Effect<void, LockLost>
  /**
   * Ends the lock, and removes the directory of the file it belongs to unless something else is in it: the names
   * that are. Nothing may be done under the lock afterwards.
   */
  readonly removeDirectory: Effect.Effect<ReadonlyArray<string>, FileError | LockLost>
}

export interface FileReservation {
  readonly commit: (text: string) => Effect.Effect<void, FileError | LockLost>
}

interface SizeLimit {
  readonly maxBytes: number
}

/**
 * What `CredentialFiles` offers.
 * @since 0.1.0
 * @category services
 */
export interface CredentialFilesShape {
  /**
   * The text of a file, or `None` when there is no such file.
   *
   * Refused, with the command that fixes it: links (also a linked directory below the home directory),
   * what is not a regular file, foreign owners, group or world permission bits, more than 1 MiB (`me.json`: 16 MiB),
   * invalid UTF-8. The checks are made on the opened file, not on its name. Another limit is for those who
   * make a file smaller that has grown too large, as it is for `write`.
   */
  readonly read: (path: string, limit?: SizeLimit) => Effect.Effect<Option.Option<string>, FileError>

  /** The names in a directory; none where there is no directory. */
  readonly list: (directory: string) => Effect.Effect<ReadonlyArray<string>, FileError>

  /**
   * Replaces a file as a whole: afterwards, and after a crash at any moment, it is the old or the new
   * one. Mode 0600 from the first byte, missing directories are made with 0700, existing ones are left
   * as they are. Durable on return. While the lock of the file is held here, it is confirmed just before
   * the new content takes the name; `commit` and `remove` do the same.
   */
  readonly write: (path: string, text: string, limit?: SizeLimit) => Effect.Effect<void, FileError | LockLost>

  /**
   * Takes the place for the next content of `path` before it is known (disk space, permission, file
   * descriptor): `commit` then only fills and renames. Released unused when the scope closes.
   */
  readonly reserve: (path: string, bytes: number) => Effect.Effect<FileReservation, FileError, Scope.Scope>

  /** Deletes a file; `false` when there was none. A link is deleted, never followed. */
  readonly remove: (path: string) => Effect.Effect<boolean, FileError | LockLost>

  /**
   * Adds a line at the end of a file in one step: lines of many processes stand whole, one after the other. What `read`
   * refuses is refused; a missing file is made as by `write`. A file that the line would make larger than its limit is
   * first renamed to `PATH.1`, in place of any former one; where that is not possible now, it grows to twice its limit.
   * Not durable on return.
   */
  readonly append: (path: string, line: string, limit?: SizeLimit) => Effect.Effect<void, FileError>

  /**
   * Runs an effect while this process alone holds the lock that belongs to `path`. A holder that has died is
   * noticed at once on the same machine, and within 20 s elsewhere. Not re-entrant.
   */
  readonly withLock: (
    path: string,
    options?: LockOptions
  ) => <A, E, R>(use: (lock: FileLock) => Effect.Effect<A, E, R>) => Effect.Effect<A, E | FileError | LockError, R>
}

/**
 * The files that hold configuration and credentials; `CredentialFilesShape` says what is asked of them.
 *
 * @example
 * ```ts
 * const text = Effect.flatMap(CredentialFiles, (files) => files.read("/home/jo/.mp/config.toml"))
 * ```
 * @since 0.1.0
 * @category services
 */
export class CredentialFiles extends Context.Tag("effect-mixpanel/CredentialFiles")<
  CredentialFiles,
  CredentialFilesShape
>() {}
