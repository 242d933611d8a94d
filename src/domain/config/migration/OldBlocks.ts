/** The blocks of old configurations, read with the leniency that their writers had. */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { type Account, credentialKeys, decodeAccount } from "../../account/Account.ts"
import { type DecodeIssue, decodeWith, describeIssues } from "../../internal/decode.ts"
import { parse, parseWorkspaceId, ProjectId, WorkspaceId } from "../../account/identifiers.ts"
import { Target } from "../../session/SavedSession.ts"
import type { TomlTable, TomlValue } from "../../toml/TomlDocument.ts"
import { isTable, ownValue } from "../../toml/TomlValue.ts"

export interface ConvertedAccount {
  readonly account: Account
  readonly unplaced: ReadonlyArray<string>
}

/** What an old `type` is called today. A flat account has none and is a service account. */
const typesToday: Readonly<Record<string, Account["type"]>> = {
  service_account: "service_account",
  oauth: "oauth_browser",
  oauth_browser: "oauth_browser",
  oauth_token: "oauth_token"
}

export const convertAccount = (name: string, block: TomlValue): Either.Either<ConvertedAccount, string> => {
  if (!isTable(block)) return Either.left("is not a table")
  const type = typeToday(ownValue(block, "type"))
  if (type === undefined) return Either.left("its type is not one of service_account, oauth")
  const project = projectOf(block)
  const taken = ["type", "region", ...credentialKeys[type], ...keyOf(project)]
  const body = {
    ...pick(block, credentialKeys[type]),
    type,
    region: regionOf(block),
    ...Option.match(project, { onNone: () => ({}), onSome: ([, id]) => ({ default_project: id }) })
  }
  return Either.mapBoth(decodeAccount(name, body), {
    onLeft: describeIssues,
    onRight: (account) => ({ account, unplaced: without(block, taken) })
  })
}

const typeToday = (value: TomlValue | undefined): Account["type"] | undefined => {
  if (value === undefined) return "service_account"
  return typeof value === "string" && Object.hasOwn(typesToday, value) ? typesToday[value] : undefined
}

export const keyOf = <A>(found: Option.Option<readonly [key: string, value: A]>): ReadonlyArray<string> =>
  Option.toArray(found).map(([key]) => key)

const pick = (table: TomlTable, keys: ReadonlyArray<string>): Record<string, TomlValue> =>
  Object.fromEntries(Object.entries(table).filter(([key]) => keys.includes(key)))

const regionOf = (block: TomlTable): TomlValue | undefined => {
  const region = ownValue(block, "region")
  return typeof region === "string" ? region.toLowerCase() : region
}

const readOne =
  <A>(keys: ReadonlyArray<string>, read: (value: TomlValue) => Option.Option<A>) =>
  (table: TomlTable): Option.Option<readonly [key: string, value: A]> => {
    const key = keys.find((key) => ownValue(table, key) !== undefined)
    const value = key === undefined ? undefined : ownValue(table, key)
    return key === undefined || value === undefined ? Option.none() : Option.map(read(value), (a) => [key, a] as const)
  }

const parseProject = parse(ProjectId)
const parseWorkspace = parse(WorkspaceId)

export const projectOf = readOne(["project_id", "project", "default_project"], (value) =>
  Option.getRight(parseProject(typeof value === "string" ? value.trim() : digits(value)))
)

export const workspaceOf = readOne(["workspace_id", "workspace"], (value) =>
  Option.getRight(typeof value === "string" ? parseWorkspaceId(value) : parseWorkspace(value))
)

const digits = (value: TomlValue): string | undefined =>
  typeof value === "number" || typeof value === "bigint" ? String(value) : undefined

export const convertProject = (
  name: string,
  block: TomlValue,
  rename: (credential: string) => Option.Option<string>
): Either.Either<{ readonly target: Target; readonly unplaced: ReadonlyArray<string> }, string> => {
  if (!isTable(block)) return Either.left("is not a table")
  const credential = ownValue(block, "credential")
  const account = typeof credential === "string" ? rename(credential) : Option.none()
  if (Option.isNone(account)) return Either.left("its credential does not exist")
  const project = projectOf(block)
  const workspace = workspaceOf(block)
  const taken = ["credential", ...keyOf(project), ...keyOf(workspace)]
  return Either.mapBoth(makeTarget(name, account.value, Option.map(project, value), Option.map(workspace, value)), {
    onLeft: describeIssues,
    onRight: (target) => ({ target, unplaced: without(block, taken) })
  })
}

const value = <A>([, found]: readonly [string, A]): A => found

const without = (table: TomlTable, taken: ReadonlyArray<string>): ReadonlyArray<string> =>
  Object.keys(table).filter((key) => !taken.includes(key))

export const makeTarget = (
  name: string,
  account: string,
  project: Option.Option<string>,
  workspace: Option.Option<number>
): Either.Either<Target, ReadonlyArray<DecodeIssue>> =>
  decodeTarget({
    name,
    account,
    ...Option.match(project, { onNone: () => ({}), onSome: (project) => ({ project }) }),
    ...Option.match(workspace, { onNone: () => ({}), onSome: (workspace) => ({ workspace }) })
  })

const decodeTarget = decodeWith(Target)
