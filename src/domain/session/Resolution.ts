/**
 * The resolver: from environment, overrides, target, bridge, directory and configuration to a session, axis by
 * axis, with the whole provenance. It decides nothing by looking at the world and forgets nothing it saw:
 * `mp session --explain`, error messages and notices are all read off its value.
 */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { Identity } from "./Caller.ts"
import * as Config from "../config/ConfigDocument.ts"
import { unusedCredentials } from "./Environment.ts"
import { NoAccount, NoProject, type ResolutionError } from "../errors.ts"
import type { ProjectId, WorkspaceId } from "../account/identifiers.ts"
import { whole } from "../internal/onDemand.ts"
import { accountOffers } from "./resolution/account.ts"
import { chosenRule } from "./resolution/directory.ts"
import { bridgeNotices, brokenHere } from "./resolution/bridge.ts"
import type { Candidate, Inputs, Source } from "./resolution/Inputs.ts"
import { sessionHeaders } from "./resolution/headers.ts"
import { pick } from "./resolution/Offer.ts"
import { projectOffers } from "./resolution/project.ts"
import { chosenTarget } from "./resolution/target.ts"
import { workspaceOffers } from "./resolution/workspace.ts"
import { Session, Project, WorkspaceRef } from "./Session.ts"
import type { SessionHeaders } from "./SessionHeaders.ts"

export { noOverrides } from "./resolution/Inputs.ts"
export type { Candidate, Inputs, Override, Overrides, Source } from "./resolution/Inputs.ts"

/**
 * The outcome of every axis, and why.
 * @since 0.1.0
 * @category models
 */
export interface Resolution {
  readonly identity: Either.Either<Identity, ResolutionError>
  readonly project: Either.Either<ProjectId, ResolutionError>
  readonly workspace: Either.Either<Option.Option<WorkspaceId>, ResolutionError>
  readonly headers: Either.Either<SessionHeaders, ResolutionError>
  readonly explain: {
    readonly account: ReadonlyArray<Candidate>
    readonly project: ReadonlyArray<Candidate>
    readonly workspace: ReadonlyArray<Candidate>
  }
  /** One line for each thing that would surprise: an override that had no effect, credentials not used. */
  readonly notices: ReadonlyArray<string>
}

/**
 * Resolves all axes.
 *
 * @example
 * ```ts
 * const resolution = Resolution.resolve({
 *   overrides: Resolution.noOverrides,
 *   environment,
 *   config,
 *   bridges: noBridges,
 *   directories: noDirectories
 * })
 * const session = Resolution.toSession(resolution)
 * ```
 * @since 0.1.0
 * @category utilities
 */
export const resolve = (inputs: Inputs): Resolution => {
  const target = chosenTarget(inputs)
  const active = Config.active(inputs.config)
  const rule = chosenRule(inputs)
  const account = pick(accountOffers(inputs, target, rule, active))
  const accountFrom = account.candidates.find(({ status }) => status === "used")?.source ?? null
  const identity = Either.flatMap(account.winner, (found) =>
    Option.match(found, { onNone: () => Either.left(noAccount(inputs)), onSome: Either.right })
  )
  const project = pick(projectOffers(inputs, target, rule, accountFrom, identity))
  const projectId = Either.flatMap(project.winner, (found) =>
    Option.match(found, { onNone: () => Either.left(noProject(inputs, identity)), onSome: Either.right })
  )
  const workspace = pick(workspaceOffers(inputs, target, rule, accountFrom, active, identity, projectId))
  return {
    identity: Either.flatMap(target, () => identity),
    project: Either.flatMap(target, () => projectId),
    workspace: Either.flatMap(target, () => workspace.winner),
    headers: sessionHeaders(inputs, identity),
    explain: { account: account.candidates, project: project.candidates, workspace: workspace.candidates },
    notices: [
      ...bridgeNotices(inputs, identity, account.candidates),
      ...unusedCredentials(inputs.environment),
      ...[account, project, workspace].flatMap(({ candidates }) => overridden(candidates))
    ]
  }
}

const none = Option.none()

/**
 * The session, if every axis it needs resolved; else the first thing that stands in the way.
 * @since 0.1.0
 * @category constructors
 */
export const toSession = (resolution: Resolution): Either.Either<Session, ResolutionError> =>
  Either.gen(function* () {
    const { account, origin } = yield* resolution.identity
    // All parts come out of decoders that looked at them, and a bare workspace id belongs to no project yet.
    const project = new Project(
      { id: yield* resolution.project, name: none, organizationId: none, timezone: none },
      whole
    )
    const workspace = Option.map(
      yield* resolution.workspace,
      (id) =>
        new WorkspaceRef({ id, name: none, isDefault: none, isGlobal: none, isVisible: none, projectId: none }, whole)
    )
    const headers = Object.freeze({ ...(yield* resolution.headers) })
    return new Session({ account, project, workspace, origin, headers }, whole)
  })

const noAccount = (inputs: Inputs): NoAccount =>
  new NoAccount({ notes: [...unusedCredentials(inputs.environment), ...brokenHere(inputs)] })

const noProject = ({ environment }: Inputs, identity: Either.Either<Identity, ResolutionError>): NoProject =>
  new NoProject({
    account: Either.match(identity, { onLeft: () => null, onRight: ({ account }) => account.name }),
    notes: unusedCredentials(environment)
  })

/** What someone asked for by hand and did not get, because the environment comes first. */
const overridden = (candidates: ReadonlyArray<Candidate>): ReadonlyArray<string> => {
  const used = candidates.find(({ status }) => status === "used")
  if (used?.source !== "environment") return []
  return candidates
    .filter(({ source, status, value }) => isExplicit(source) && status === "shadowed" && value !== used.value)
    .map(({ origin, value }) => `${used.origin} overrides ${origin} ${value}: ${used.value} is used.`)
}

const isExplicit = (source: Source): boolean => source === "flag" || source === "target"
