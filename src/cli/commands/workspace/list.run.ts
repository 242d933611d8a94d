import * as Option from "effect/Option"
import type { WorkspaceId } from "../../../domain/account/identifiers.ts"
import type { WorkspaceRef } from "../../../domain/session/Session.ts"
import { Discovery } from "../../../services/api/Discovery.ts"
import { list, mark } from "../../app/output.ts"
import type { Fields } from "../../app/Json.ts"
import { session } from "../../app/sessionFor.ts"

const workspaceFields = (found: WorkspaceRef, active: Option.Option<WorkspaceId>): Fields => ({
  id: found.id,
  name: Option.getOrNull(found.name),
  is_default: Option.getOrElse(found.isDefault, () => false),
  is_active: Option.contains(active, found.id)
})

export function* run(options: { readonly refresh: boolean }) {
  const discovery = yield* Discovery
  const current = yield* session
  const found = yield* discovery.workspaces(current, options)
  yield* list(
    found.map((one) => workspaceFields(one, current.workspaceId)),
    {
      columns: ["id", "name", "is_default", "is_active"],
      headings: { is_default: "DEFAULT", is_active: "ACTIVE" },
      empty: `Account '${current.account.name}' sees no workspaces in project ${current.projectId}.`,
      cell: mark("is_default", "is_active")
    }
  )
}
