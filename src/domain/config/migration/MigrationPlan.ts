/**
 * From a configuration of an earlier version to one of today's, with the account of what was done and of
 * what could not be. Nothing is changed that need not be: `[settings]` and what today's schema knows stay
 * as they are written.
 */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { type Account, OAuthBrowserAccount, OAuthTokenAccount, ServiceAccount } from "../../account/Account.ts"
import type { ConfigDocument } from "../ConfigDocument.ts"
import { describeIssues } from "../../internal/decode.ts"
import { quoted } from "../../hints/Command.ts"
import type { ProjectId } from "../../account/identifiers.ts"
import type { Target } from "../../session/SavedSession.ts"
import type { TomlTable } from "../../toml/TomlDocument.ts"
import { isTable, ownValue, tableAt } from "../../toml/TomlValue.ts"
import { renderKey } from "../../toml/render.ts"
import { type ActivePlan, planActive } from "./OldActive.ts"
import { nameTodayOf, type OldAccount, oldAccounts } from "./OldAccounts.ts"
import { convertProject, makeTarget } from "./OldBlocks.ts"
import { type OldFormat, recognise } from "./OldFormat.ts"
import { rewrite } from "./rewrite.ts"
import { type LeftOut, type MigrationStep, noPlace, shown } from "./steps.ts"

export interface MigrationPlan {
  readonly format: OldFormat
  readonly before: ConfigDocument
  readonly after: ConfigDocument
  readonly steps: ReadonlyArray<MigrationStep>
  readonly left: ReadonlyArray<LeftOut>
  readonly notes: ReadonlyArray<string>
}

export const planMigration = (before: ConfigDocument): Option.Option<MigrationPlan> =>
  Option.map(recognise(before.toml), ({ format }) => {
    const root = before.toml.value
    const old = oldAccounts(root)
    const active = planActive(root, format, old)
    const accounts = accountsOf(old, active)
    const targets = targetsOf(root, old)
    const parts = { accounts, active, targets: targets.flatMap(({ made }) => Option.toArray(Either.getRight(made))) }
    return {
      format,
      before,
      after: rewrite(before, parts),
      steps: [...versionSteps(root), ...accountSteps(old), ...active.steps, ...targetSteps(targets)],
      left: [...foreign(root), ...old.flatMap(leftOfAccount), ...active.left, ...targets.flatMap(leftOfTarget)],
      notes: notesOf(root, old)
    }
  })

const versionSteps = (root: TomlTable): ReadonlyArray<MigrationStep> =>
  ownValue(root, "config_version") === undefined ? [] : [{ from: "config_version", to: "not needed any more" }]

const survivors = (old: ReadonlyArray<OldAccount>): ReadonlyArray<Account> =>
  old.flatMap(({ converted, name, standIn }) =>
    Either.isRight(converted) && name === standIn ? [converted.right.account] : []
  )

const accountsOf = (old: ReadonlyArray<OldAccount>, { account: active, project }: ActivePlan): ReadonlyArray<Account> =>
  survivors(old).map((account) => (Option.contains(active, account.name) ? withProject(account, project) : account))

const withProject = (account: Account, project: Option.Option<ProjectId>): Account => {
  if (Option.isNone(project)) return account
  const fields = { defaultProject: project }
  switch (account.type) {
    case "service_account":
      return new ServiceAccount({ ...account, ...fields })
    case "oauth_browser":
      return new OAuthBrowserAccount({ ...account, ...fields })
    case "oauth_token":
      return new OAuthTokenAccount({ ...account, ...fields })
  }
}

const accountSteps = (old: ReadonlyArray<OldAccount>): ReadonlyArray<MigrationStep> =>
  old.flatMap(({ converted, name, nameToday, standIn, table }) => {
    if (Either.isLeft(converted)) return []
    const { type } = converted.right.account
    const how = standIn === name ? type : `the same credential as ${shown(table, standIn)}`
    return [{ from: shown(table, name), to: `${shown("accounts", nameToday)} (${how})` }]
  })

const leftOfAccount = ({ converted, name, table }: OldAccount): ReadonlyArray<LeftOut> =>
  Either.match(converted, {
    onLeft: (reason) => [{ what: shown(table, name), reason }],
    onRight: ({ unplaced }) => unplaced.map((key) => noPlace([table, name], key))
  })

interface PlannedTarget {
  readonly from: string
  readonly name: string
  readonly made: Either.Either<Target, string>
  readonly unplaced: ReadonlyArray<LeftOut>
}

const targetsOf = (root: TomlTable, old: ReadonlyArray<OldAccount>): ReadonlyArray<PlannedTarget> => {
  const taken = new Set(Object.keys(tableAt(root, ["targets"])))
  return [...targetsOfNames(old), ...targetsOfProjects(root, old)].map((target) => {
    const isTaken = taken.has(target.name)
    taken.add(target.name)
    return isTaken ? { ...target, made: Either.left("a target of that name exists") } : target
  })
}

/** Every name that does not lead to an account of its own is kept as a target, and so are those it shares with. */
const targetsOfNames = (old: ReadonlyArray<OldAccount>): ReadonlyArray<PlannedTarget> => {
  const shared = new Set(old.flatMap(({ name, standIn }) => (name === standIn ? [] : [standIn])))
  return old
    .filter(({ converted, name, nameToday, table }) => {
      const isShared = name !== nameToday || shared.has(name)
      return table === "accounts" && Either.isRight(converted) && isShared
    })
    .flatMap(({ name, nameToday, project }) =>
      Option.isNone(project)
        ? []
        : [
            {
              from: `the name ${renderKey([name])}`,
              name,
              made: Either.mapLeft(makeTarget(name, nameToday, project, Option.none()), describeIssues),
              unplaced: []
            }
          ]
    )
}

const targetsOfProjects = (root: TomlTable, old: ReadonlyArray<OldAccount>): ReadonlyArray<PlannedTarget> =>
  Object.entries(tableAt(root, ["projects"])).map(([name, block]) => {
    const made = convertProject(name, block, (credential) => nameTodayOf(root, old, credential))
    return {
      from: shown("projects", name),
      name,
      made: Either.map(made, ({ target }) => target),
      unplaced: Either.match(made, {
        onLeft: () => [],
        onRight: ({ unplaced }) => unplaced.map((key) => noPlace(["projects", name], key))
      })
    }
  })

const targetSteps = (targets: ReadonlyArray<PlannedTarget>): ReadonlyArray<MigrationStep> =>
  targets.flatMap(({ from, made }) =>
    Either.match(made, {
      onLeft: () => [],
      onRight: ({ account, name, project }) => [
        { from, to: `${shown("targets", name)} (account ${account}, project ${project})` }
      ]
    })
  )

const leftOfTarget = ({ from, made, unplaced }: PlannedTarget): ReadonlyArray<LeftOut> => [
  ...Either.match(made, { onLeft: (reason) => [{ what: from, reason }], onRight: () => [] }),
  ...unplaced
]

/** The tables and keys of the root that have a place, now or in an old format. */
const known = ["accounts", "targets", "active", "settings", "default", "config_version", "credentials", "projects"]

const foreign = (root: TomlTable): ReadonlyArray<LeftOut> =>
  Object.entries(root).flatMap(([key, value]) => {
    const what = isTable(value) ? shown(key) : renderKey([key])
    if (!known.includes(key)) return [{ what, reason: "it is not known" }]
    const isScalar = key === "default" || key === "config_version" || key === "settings"
    return isScalar || isTable(value) ? [] : [{ what, reason: "is not a table" }]
  })

/** The default account may be one that shares its credential: then the default project changes. */
const notesOf = (root: TomlTable, old: ReadonlyArray<OldAccount>): ReadonlyArray<string> => {
  const wanted = ownValue(root, "default")
  const chosen = old.find(({ name, table }) => table === "accounts" && name === wanted)
  const first = old.find(({ name, table }) => table === "accounts" && name === chosen?.standIn)
  if (chosen === undefined || first === undefined || chosen === first) return []
  const [before, now] = [Option.getOrNull(chosen.project), Option.getOrNull(first.project)]
  if (before === now || before === null) return []
  return [
    `The default was '${chosen.name}' with project ${before}. Its account is now '${first.nameToday}', whose default project is ${now ?? "unset"}: run 'mp target use ${quoted(chosen.name)}' to go on with project ${before}.`
  ]
}
