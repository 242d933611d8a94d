/** The project axis of a session: which Mixpanel project the calls are about. */
import * as Schema from "effect/Schema"
import { optionalKey } from "../internal/decode.ts"
import { onDemand } from "../internal/onDemand.ts"
import { ProjectId } from "../account/identifiers.ts"

/**
 * A project by its id; the rest is known once `/me` was seen.
 *
 * @example
 * ```ts
 * new Project({ id: ProjectId.make("3018488") })
 * ```
 */
export class Project extends onDemand(() =>
  Schema.Class<Project>("Project")({
    id: ProjectId,
    name: optionalKey(Schema.String, "name"),
    organizationId: optionalKey(Schema.Number, "organization_id"),
    timezone: optionalKey(Schema.String, "timezone")
  })
) {}
