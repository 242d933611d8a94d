import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Account } from "../account/Account.ts"
import { Finite, optionalKey } from "../internal/decode.ts"
import { onDemand } from "../internal/onDemand.ts"
import { ProjectId, type Region, WorkspaceId } from "../account/identifiers.ts"
import { SessionHeaders } from "./SessionHeaders.ts"

/**
 * A project by its id; the rest is known once `/me` was seen.
 *
 * @example
 * ```ts
 * new Project({ id: ProjectId.make("3018488") })
 * ```
 * @since 0.1.0
 * @category models
 */
export class Project extends onDemand(() =>
  Schema.Class<Project>("Project")({
    id: ProjectId,
    name: optionalKey(Schema.String, "name"),
    organizationId: optionalKey(Finite, "organization_id"),
    timezone: optionalKey(Schema.String, "timezone")
  })
) {}

/**
 * A workspace by its id. `projectId` is present when the workspace came from a list that names its
 * project; a bare id from a variable or a flag is taken at its word.
 *
 * @example
 * ```ts
 * new WorkspaceRef({ id: WorkspaceId.make(3448414) })
 * ```
 * @since 0.1.0
 * @category models
 */
export class WorkspaceRef extends onDemand(() =>
  Schema.Class<WorkspaceRef>("WorkspaceRef")({
    id: WorkspaceId,
    name: optionalKey(Schema.String, "name"),
    isDefault: optionalKey(Schema.Boolean, "is_default"),
    isGlobal: optionalKey(Schema.Boolean, "is_global"),
    isVisible: optionalKey(Schema.Boolean, "is_visible"),
    projectId: optionalKey(ProjectId, "project_id")
  })
) {}

/**
 * Where the account, and so its credential, comes from. Tokens of a bridge stay with the bridge; `given` is an account
 * that the program made by hand, about which nothing of this machine is known.
 * @since 0.1.0
 * @category models
 */
export const CredentialOrigin = Schema.Literal("environment", "config", "bridge", "given")
export type CredentialOrigin = typeof CredentialOrigin.Type

/**
 * What `replace` may change: an omitted axis is kept; `workspace: Option.none()` and `headers: {}` clear.
 * @since 0.1.0
 * @category models
 */
export interface SessionChanges {
  readonly account?: Account
  readonly origin?: CredentialOrigin
  readonly project?: Project
  readonly workspace?: Option.Option<WorkspaceRef>
  readonly headers?: SessionHeaders
}

/**
 * One account, one project, perhaps one workspace, and headers. Immutable; a workspace that is known to
 * belong to another project is refused, by the constructor and by `replace` alike.
 *
 * @example
 * ```ts
 * const session = new Session({ account, project: new Project({ id: ProjectId.make("3018488") }) })
 * const perProject = projects.map((project) => session.replace({ project, workspace: Option.none() }))
 * ```
 * @since 0.1.0
 * @category models
 */
export class Session extends onDemand(() =>
  Schema.Class<Session>("Session")(
    Schema.Struct({
      account: Account,
      project: Project,
      workspace: optionalKey(WorkspaceRef, "workspace"),
      origin: Schema.optionalWith(CredentialOrigin, { default: () => "given" }),
      headers: Schema.optionalWith(SessionHeaders, { default: () => ({}) })
    }).pipe(
      Schema.filter(
        ({ project, workspace }) =>
          belongs(project, workspace) || "the workspace of the session belongs to another project"
      )
    )
  )
) {
  get projectId(): ProjectId {
    return this.project.id
  }
  get workspaceId(): Option.Option<WorkspaceId> {
    return Option.map(this.workspace, (workspace) => workspace.id)
  }
  get region(): Region {
    return this.account.region
  }

  /**
   * A session with some axes changed. Changing the account or the project without naming a workspace
   * drops the old one, which would belong elsewhere.
   */
  replace(changes: SessionChanges): Session {
    const moved =
      changes.account !== undefined || (changes.project !== undefined && changes.project.id !== this.projectId)
    return new Session({
      account: changes.account ?? this.account,
      project: changes.project ?? this.project,
      workspace: changes.workspace ?? (moved ? Option.none() : this.workspace),
      origin: changes.origin ?? this.origin,
      headers: changes.headers ?? this.headers
    })
  }
}

const belongs = (project: Project, workspace: Option.Option<WorkspaceRef>): boolean =>
  Option.match(
    Option.flatMap(workspace, (ref) => ref.projectId),
    { onNone: () => true, onSome: (id) => id === project.id }
  )
