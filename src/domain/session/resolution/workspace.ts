import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { ResolutionError } from "../../errors.ts"
import type { ProjectId, WorkspaceId } from "../../account/identifiers.ts"
import type { Inputs, Source } from "./Inputs.ts"
import type { CredentialOrigin } from "../Session.ts"
import type { Active } from "./account.ts"
import { fromBridges, type ResolvedIdentity } from "./bridge.ts"
import { type ChosenRule, fromRule } from "./directory.ts"
import { type Offer, offer } from "./Offer.ts"
import { type ChosenTarget, fromTarget } from "./target.ts"

export const workspaceOffers = (
  inputs: Inputs,
  target: ChosenTarget,
  rule: Option.Option<ChosenRule>,
  accountFrom: Source | null,
  active: Active,
  identity: ResolvedIdentity,
  project: Either.Either<ProjectId, ResolutionError>
): ReadonlyArray<Offer<WorkspaceId>> => [
  ...Option.toArray(inputs.environment.workspaceId).map((id) => offer("environment", "MP_WORKSPACE_ID", id)),
  ...Option.toArray(inputs.overrides.workspace).map(({ origin, value }) => offer("flag", origin, value)),
  ...fromTarget(inputs, target, "workspace", ({ workspace }, origin) =>
    Option.toArray(workspace).map((id) => offer("target", origin, id))
  ),
  ...fromBridges(inputs, identity, "workspace", (file) => file.workspace),
  ...fromRule(rule, accountFrom, (says) => says.workspace),
  ...pinnedWorkspace(inputs, active, identity, project)
]

const pinnedWorkspace = (
  { config }: Inputs,
  active: Active,
  identity: ResolvedIdentity,
  project: Either.Either<ProjectId, ResolutionError>
): ReadonlyArray<Offer<WorkspaceId>> =>
  Either.match(active, {
    onLeft: () => [],
    onRight: (active) =>
      Option.toArray(active.workspace).map((id) => ({
        ...offer("active", `[active].workspace in ${config.path}`, id),
        skip: whyNotPinned(active.account, identity, project)
      }))
  })

/** A pinned workspace counts for the active account in its default project and nowhere else. */
const whyNotPinned = (
  active: Option.Option<string>,
  identity: ResolvedIdentity,
  project: Either.Either<ProjectId, ResolutionError>
): string | null => {
  if (Option.isNone(active)) return "it is pinned without an active account"
  if (Either.isLeft(identity) || Either.isLeft(project)) return "no account and project to pin it to"
  const { account, origin } = identity.right
  if (origin !== "config" || account.name !== active.value) {
    return `it belongs to account '${active.value}', and the account is ${accountPhrase(account.name, origin)}`
  }
  return Option.contains(account.defaultProject, project.right)
    ? null
    : `it belongs to the default project of '${active.value}', and the project is ${project.right}`
}

const accountPhrase = (name: string, origin: CredentialOrigin): string =>
  origin === "bridge" ? `'${name}' of the bridge` : `'${name}'`
