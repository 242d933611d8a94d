import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { ProjectId } from "../../../domain/account/identifiers.ts"
import type { Project } from "../../../domain/session/Session.ts"
import { Discovery } from "../../../services/api/Discovery.ts"
import { list, mark } from "../../app/output.ts"
import type { Fields } from "../../app/Json.ts"
import { resolution } from "../../app/sessionFor.ts"

const projectFields = (found: Project, active: Option.Option<ProjectId>): Fields => ({
  id: found.id,
  name: Option.getOrNull(found.name),
  organization_id: Option.getOrNull(found.organizationId),
  timezone: Option.getOrNull(found.timezone),
  is_active: Option.contains(active, found.id)
})

export function* run(options: { readonly refresh: boolean }) {
  const resolved = yield* resolution
  const { account, origin } = yield* resolved.identity
  const headers = yield* resolved.headers
  const discovery = yield* Discovery
  const found = yield* discovery.projects({ account, origin, headers }, options)
  const active = Either.getRight(resolved.project)
  yield* list(
    found.map((one) => projectFields(one, active)),
    {
      columns: ["id", "name", "organization_id", "timezone", "is_active"],
      headings: { organization_id: "ORGANIZATION", is_active: "ACTIVE" },
      empty: `Account '${account.name}' sees no projects.`,
      cell: mark("is_active")
    }
  )
}
