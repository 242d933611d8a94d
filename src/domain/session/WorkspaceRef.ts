/** The workspace axis of a session: which part of the project (data view) the calls are about. */
import * as Schema from "effect/Schema"
import { optionalKey } from "../internal/decode.ts"
import { onDemand } from "../internal/onDemand.ts"
import { ProjectId, WorkspaceId } from "../account/identifiers.ts"

/**
 * A workspace by its id. `projectId` is present when the workspace came from a list that names its
 * project; a bare id from a variable or a flag is taken at its word.
 */
export class WorkspaceRef extends onDemand(() =>
  Schema.Class<WorkspaceRef>("WorkspaceRef")({
    id: WorkspaceId,
    name: optionalKey(Schema.String, "name"),
    isDefault: optionalKey(Schema.Boolean, "is_default"),
    projectId: optionalKey(ProjectId, "project_id")
  })
) {}
