import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { ProjectId } from "../../account/identifiers.ts"
import type { Inputs, Source } from "./Inputs.ts"
import type { CredentialOrigin } from "../Session.ts"
import { fromBridges, type ResolvedIdentity, usedBridge } from "./bridge.ts"
import { type ChosenRule, fromRule } from "./directory.ts"
import { type Offer, offer } from "./Offer.ts"
import { type ChosenTarget, fromTarget } from "./target.ts"

export const projectOffers = (
  inputs: Inputs,
  target: ChosenTarget,
  rule: Option.Option<ChosenRule>,
  accountFrom: Source | null,
  identity: ResolvedIdentity
): ReadonlyArray<Offer<ProjectId>> => [
  ...Option.toArray(inputs.environment.projectId).map((id) => offer("environment", "MP_PROJECT_ID", id)),
  ...Option.toArray(inputs.overrides.project).map(({ origin, value }) => offer("flag", origin, value)),
  ...fromTarget(inputs, target, "project", ({ project }, origin) => [offer("target", origin, project)]),
  ...fromBridges(inputs, identity, "project", (file) => file.project),
  ...fromRule(rule, accountFrom, (says) => says.project),
  ...accountDefault(inputs, identity)
]

const accountDefault = (inputs: Inputs, identity: ResolvedIdentity): ReadonlyArray<Offer<ProjectId>> =>
  Either.match(identity, {
    onLeft: () => [],
    onRight: ({ account, origin }) => {
      const { path } = inputs.config
      const places = new Map<CredentialOrigin, string>([
        ["config", `[accounts.${account.name}].default_project in ${path}`],
        [
          "bridge",
          `account.default_project in ${Option.match(usedBridge(inputs, identity), { onNone: () => "the bridge", onSome: (used) => used.path })}`
        ]
      ])
      return Option.toArray(Option.all([account.defaultProject, Option.fromNullable(places.get(origin))])).map(
        ([id, place]) => offer("account", place, id)
      )
    }
  })
