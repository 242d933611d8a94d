import * as Option from "effect/Option"
import type { ProjectId, WorkspaceId } from "../account/identifiers.ts"
import type { Me } from "../api/Me.ts"

/** What is known about the ids of a session; `null` is "not known". */
export interface SessionNames {
  readonly project: string | null
  readonly organization: string | null
  readonly workspace: string | null
  readonly email: string | null
  readonly known: boolean
}

export const namesOf = (
  me: Option.Option<Me>,
  project: ProjectId,
  workspace: Option.Option<WorkspaceId>
): SessionNames => {
  const found = Option.flatMap(me, ({ projects }) => Option.fromNullable(projects[project]))
  const known = <A>(get: (me: Me) => A | undefined): A | null =>
    Option.getOrNull(Option.flatMap(me, (cached) => Option.fromNullable(get(cached))))
  return {
    project: Option.getOrNull(Option.map(found, ({ name }) => name)),
    organization: known(({ organizations }) =>
      Option.getOrUndefined(Option.map(found, ({ organizationId }) => organizations[organizationId]?.name))
    ),
    workspace: known(({ workspaces }) => Option.getOrUndefined(Option.map(workspace, (id) => workspaces[id]?.name))),
    known: Option.isSome(me),
    email: known(({ userEmail }) => Option.getOrUndefined(userEmail))
  }
}

/** `Name (id)`, or the id alone. */
export const nameAndId = (name: string | null, id: string | number): string =>
  name === null ? String(id) : `${name} (${id})`
