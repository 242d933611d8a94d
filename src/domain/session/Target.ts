/** A saved cursor: account, project and perhaps a workspace under one name. */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { optionalKey, NonEmptyText } from "../internal/decode.ts"
import { onDemand } from "../internal/onDemand.ts"
import { AccountName, ProjectId, WorkspaceId } from "../account/identifiers.ts"

/**
 * A `[targets.NAME]` block. New names follow the pattern of account names; names that are there already
 * may be anything.
 */
export class Target extends onDemand(() =>
  Schema.Class<Target>("Target")({
    name: NonEmptyText,
    account: AccountName,
    project: ProjectId,
    workspace: optionalKey(WorkspaceId, "workspace")
  })
) {}

/** The keys of a target's block, in the predecessor's order. */
export const encodeTarget = ({
  account,
  project,
  workspace
}: Target): ReadonlyArray<readonly [string, string | number]> => [
  ["account", account],
  ["project", project],
  ...Option.toArray(workspace).map((id) => ["workspace", id] as const)
]
