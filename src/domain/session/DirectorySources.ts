import * as Option from "effect/Option"

/**
 * A path with all links resolved; where it leads nowhere, as it is written.
 * @since 0.1.0
 * @category models
 */
export interface DirectoryPlace {
  readonly path: string
  readonly isDirectory: boolean
}

/**
 * What the resolver knows of directories.
 * @since 0.1.0
 * @category models
 */
export interface DirectorySources {
  /** The working directory and all above it, links resolved, the deepest first; `None` where it cannot be found. */
  readonly workingDirectory: Option.Option<ReadonlyArray<string>>
  /** Where the paths of rules lead, by the path as it is written. */
  readonly places: ReadonlyMap<string, DirectoryPlace>
}

/**
 * A configuration without rules: nobody has to know where the process is.
 * @since 0.1.0
 * @category utilities
 */
export const noDirectories: DirectorySources = { workingDirectory: Option.none(), places: new Map() }
