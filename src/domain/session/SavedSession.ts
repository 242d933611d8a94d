import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { AccountName, lenientWorkspaceId, ProjectId, WorkspaceId } from "../account/identifiers.ts"
import { NonEmptyText, optionalKey } from "../internal/decode.ts"
import { onDemand } from "../internal/onDemand.ts"

/**
 * The persisted choice: the `[active]` block. The project is not in it; it lives on the account.
 *
 * @example
 * ```ts
 * new ActiveSession({ account: Option.some(AccountName.make("team")) })
 * ```
 * @since 0.1.0
 * @category models
 */
export class ActiveSession extends onDemand(() =>
  Schema.Class<ActiveSession>("ActiveSession")({
    account: optionalKey(AccountName, "account"),
    workspace: optionalKey(lenientWorkspaceId(), "workspace")
  })
) {}

/**
 * A `[targets.NAME]` block. New names follow the pattern of account names; names that are there already
 * may be anything.
 *
 * @example
 * ```ts
 * new Target({ name: "ecom", account: AccountName.make("team"), project: ProjectId.make("3018488") })
 * ```
 * @since 0.1.0
 * @category models
 */
export class Target extends onDemand(() =>
  Schema.Class<Target>("Target")({
    name: NonEmptyText,
    account: AccountName,
    project: ProjectId,
    workspace: optionalKey(WorkspaceId, "workspace")
  })
) {}

export const encodeTarget = ({
  account,
  project,
  workspace
}: Target): ReadonlyArray<readonly [string, string | number]> => [
  ["account", account],
  ["project", project],
  ...Option.toArray(workspace).map((id) => ["workspace", id] as const)
]
