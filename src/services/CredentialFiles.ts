/**
 * The only door to the disk. Everything that is stored (configuration, tokens, registrations, caches,
 * bridges) goes through these few operations, so that replacing this one service replaces the disk.
 */
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type { FileError, LockTimeout } from "../domain/errors.ts"

/** The largest file that is read or written: 1 MiB. */
export const maxFileBytes = 1_048_576

/** How long a lock is waited for by default: 45 s, longer than the longest hold. */
export const defaultLockWait: Duration.DurationInput = "45 seconds"

export interface CredentialFilesShape {
  /**
   * The text of a file, or `None` when there is no such file.
   *
   * Refused, with the command that mends it: links (also a linked directory below the home directory),
   * what is not a regular file, foreign owners, group or world permission bits, more than 1 MiB,
   * invalid UTF-8. The checks are made on the opened file, not on its name.
   */
  readonly read: (path: string) => Effect.Effect<Option.Option<string>, FileError>

  /**
   * Replaces a file as a whole: afterwards, and after a crash at any moment, it is the old or the new
   * one. Mode 0600 from the first byte, missing directories are made with 0700, existing ones are left
   * as they are. Durable on return.
   */
  readonly write: (path: string, text: string) => Effect.Effect<void, FileError>

  /**
   * Takes the place for the next content of `path` before it is known (disk space, permission, file
   * descriptor): `commit` then only fills and renames. Released unused when the scope closes.
   */
  readonly reserve: (
    path: string,
    bytes: number
  ) => Effect.Effect<{ readonly commit: (text: string) => Effect.Effect<void, FileError> }, FileError, Scope.Scope>

  /** Deletes a file; `false` when there was none. A link is deleted, never followed. */
  readonly remove: (path: string) => Effect.Effect<boolean, FileError>

  /** Deletes a directory with all it holds; `false` when there was none. A link is deleted, never followed. */
  readonly removeDirectory: (path: string) => Effect.Effect<boolean, FileError>

  /**
   * Runs an effect while this process alone holds the lock that belongs to `path`. The kernel releases
   * it when the holder dies, whatever the way. Not re-entrant.
   */
  readonly withLock: (
    path: string,
    options?: { readonly wait?: Duration.DurationInput }
  ) => <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E | FileError | LockTimeout, R>
}

export class CredentialFiles extends Context.Tag("effect-mixpanel/CredentialFiles")<
  CredentialFiles,
  CredentialFilesShape
>() {}
