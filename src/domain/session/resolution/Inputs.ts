import * as Option from "effect/Option"
import type { ProjectId, WorkspaceId } from "../../account/identifiers.ts"
import type { ConfigDocument } from "../../config/ConfigDocument.ts"
import type { BridgeSources } from "../BridgeFile.ts"
import type { DirectorySources } from "../DirectorySources.ts"
import type { Environment } from "../Environment.ts"

/**
 * The kinds of source, in order of precedence.
 * @since 0.1.0
 * @category models
 */
export type Source = "environment" | "flag" | "target" | "bridge" | "directory" | "active" | "account"

/**
 * One source that had something to say about an axis.
 * @since 0.1.0
 * @category models
 */
export interface Candidate {
  readonly source: Source
  /** The variable, flag, or file and key. */
  readonly origin: string
  /** What it says: a name or an id, never a secret. */
  readonly value: string
  readonly status: "used" | "shadowed" | "skipped"
  /** Why it was skipped, or what shadows it. */
  readonly reason: string | null
}

/**
 * A value that someone asked for by hand, and how they asked.
 * @since 0.1.0
 * @category models
 */
export interface Override<A> {
  readonly value: A
  /** `--project`, `MP_ACCOUNT`, or `project` for a caller of the library. */
  readonly origin: string
}

/**
 * What a caller asks for explicitly. A target excludes the other three.
 * @since 0.1.0
 * @category models
 */
export interface Overrides {
  readonly account: Option.Option<Override<string>>
  readonly project: Option.Option<Override<ProjectId>>
  readonly workspace: Option.Option<Override<WorkspaceId>>
  readonly target: Option.Option<Override<string>>
}

/**
 * No overrides.
 * @since 0.1.0
 * @category utilities
 */
export const noOverrides: Overrides = {
  account: Option.none(),
  project: Option.none(),
  workspace: Option.none(),
  target: Option.none()
}

/**
 * Everything that resolution looks at.
 * @since 0.1.0
 * @category models
 */
export interface Inputs {
  readonly overrides: Overrides
  readonly environment: Environment
  readonly config: ConfigDocument
  readonly bridges: BridgeSources
  readonly directories: DirectorySources
}
