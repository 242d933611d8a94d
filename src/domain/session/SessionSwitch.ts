/**
 * Switching a session: what each axis becomes, and what of it may be kept in the configuration. As in the
 * resolver, no workspace ever survives a move to another account or project.
 */
import { command } from "../hints/Command.ts"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { SessionChange } from "../config/ConfigEdits.ts"
import { InvalidArgument, type ResolutionError } from "../errors.ts"
import type { WorkspaceId } from "../account/identifiers.ts"
import { type Candidate, type Overrides, type Resolution, toSession } from "./Resolution.ts"
import { type Session, Project, WorkspaceRef } from "./Session.ts"

/** A session, and which of its axes came from the environment, a bridge or the rule of a directory: those are never persisted. */
export interface SwitchState {
  readonly session: Session
  readonly notPersistable: { readonly project: boolean; readonly workspace: boolean }
}

export const standingOf = (resolution: Resolution): Either.Either<SwitchState, ResolutionError> =>
  Either.map(toSession(resolution), (session) => ({
    session,
    notPersistable: {
      project: resolution.explain.project.some(isBorrowed),
      workspace: resolution.explain.workspace.some(isBorrowed)
    }
  }))

const isBorrowed = ({ source, status }: Candidate): boolean =>
  status === "used" && (source === "environment" || source === "bridge" || source === "directory")

/**
 * The account of a resolution without the credentials of the environment. Its project is that of `MP_PROJECT_ID`, the
 * one asked for or its own default, and never the former session's; its workspace the one
 * asked for or that of `MP_WORKSPACE_ID`, and never a pinned one.
 */
export const switchAccount = (
  resolution: Resolution,
  asked: Option.Option<WorkspaceId>
): Either.Either<SwitchState, ResolutionError> =>
  Either.map(standingOf(resolution), ({ notPersistable, session }) => {
    // Where the environment names one, it comes first, and is the one that was resolved.
    const isOfEnvironment = resolution.explain.workspace.some(({ source }) => source === "environment")
    const workspace = Option.orElse(asked, () => (isOfEnvironment ? session.workspaceId : Option.none()))
    return {
      session: session.replace({ workspace: Option.map(workspace, bare) }),
      notPersistable: { project: notPersistable.project, workspace: Option.isNone(asked) && Option.isSome(workspace) }
    }
  })

const bare = (id: WorkspaceId): WorkspaceRef => new WorkspaceRef({ id })

/** Another project or workspace of the same account. A project clears the workspace, unless one is given. */
export const switchWithinAccount = (standing: SwitchState, overrides: Overrides): SwitchState => {
  const { project, workspace } = overrides
  if (Option.isNone(project) && Option.isNone(workspace)) return standing
  return {
    session: withinAccount(standing.session, overrides),
    notPersistable: { project: standing.notPersistable.project && Option.isNone(project), workspace: false }
  }
}

export const withinAccount = (session: Session, { project, workspace }: Overrides): Session =>
  Option.isNone(project) && Option.isNone(workspace)
    ? session
    : session.replace({
        workspace: Option.map(workspace, ({ value }) => bare(value)),
        ...Option.match(project, {
          onNone: () => ({}),
          onSome: ({ value }) => ({ project: new Project({ id: value }) })
        })
      })

/**
 * What a standing leaves in the configuration: its account, and the project and workspace as far as they were
 * chosen and not notPersistable. A workspace goes with the project that is kept, or not at all.
 */
export const persisted = ({ notPersistable, session }: SwitchState): Either.Either<SessionChange, InvalidArgument> => {
  const { account, origin, projectId, workspaceId } = session
  if (origin !== "config") return Either.left(notConfigured(session))
  const inPlace = !notPersistable.project || Option.contains(account.defaultProject, projectId)
  return Either.right({
    account: account.name,
    ...(notPersistable.project ? {} : { project: projectId }),
    ...(Option.isSome(workspaceId) && inPlace && !notPersistable.workspace ? { workspace: workspaceId.value } : {})
  })
}

const sources = {
  environment: "the environment",
  bridge: "a bridge",
  config: "the configuration",
  given: "the program itself"
}

const notConfigured = ({ account, origin }: Session): InvalidArgument =>
  new InvalidArgument({
    message: `Account '${account.name}' comes from ${sources[origin]} and cannot be saved in the configuration.`,
    hints: [command`mp login`],
    details: { account: account.name, origin }
  })
