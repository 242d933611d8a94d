import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type { FileError, LockTimeout } from "../../domain/errors.ts"
import type { LockFacts, PathFacts } from "../../domain/doctor/Facts.ts"

/**
 * What processes left in a directory.
 * @since 0.1.0
 * @category models
 */
export interface Abandoned {
  /** Paths that nobody needs any more. */
  readonly leftovers: ReadonlyArray<string>
  /** Locks that are held, or cannot be taken. */
  readonly locks: ReadonlyArray<LockFacts>
}

/**
 * What `FileInspector` offers.
 * @since 0.1.0
 * @category services
 */
export interface FileInspectorShape {
  /** What is there; what cannot be looked at counts as absent. */
  readonly stat: (path: string) => Effect.Effect<Option.Option<PathFacts>>
  /** The names in a directory, sorted; none where there is no directory, or none that the user may list. */
  readonly list: (directory: string) => Effect.Effect<ReadonlyArray<string>, FileError>
  /** What writers and lock holders that ended left behind in a directory. */
  readonly abandoned: (directory: string) => Effect.Effect<Abandoned, FileError>
  /** Changes the mode of a file or directory of the user's own. */
  readonly chmod: (path: string, mode: number) => Effect.Effect<void, FileError>
  /**
   * Takes a lock, as the next holder would, and lets go of it. Waits up to 25 s, and longer for a holder that is there
   * and does nothing: after 60 s that one loses the lock too.
   */
  readonly release: (lockDirectory: string) => Effect.Effect<void, FileError | LockTimeout>
  /** Removes a leftover. */
  readonly discard: (path: string) => Effect.Effect<void, FileError>
  readonly system: { readonly node: string; readonly platform: string }
}

/**
 * Looks at files without reading them, for the doctor.
 *
 * @example
 * ```ts
 * const facts = Effect.flatMap(FileInspector, (inspector) => inspector.stat("/home/jo/.mp/config.toml"))
 * ```
 * @since 0.1.0
 * @category services
 */
export class FileInspector extends Context.Tag("effect-mixpanel/FileInspector")<FileInspector, FileInspectorShape>() {}
