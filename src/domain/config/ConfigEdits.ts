/**
 * Every change of the configuration as a pure function. Changes compose into one write, and each keeps
 * the promise that a pinned workspace never outlives the account and project it belongs to.
 */
import { argument, type Command, command, inTurn } from "../hints/Command.ts"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { type Account, decodeAccount, encodeAccount } from "../account/Account.ts"
import * as Config from "./ConfigDocument.ts"
import type { ConfigDocument } from "./ConfigDocument.ts"
import { describeIssues } from "../internal/decode.ts"
import {
  type AccountExists,
  AccountInUse,
  AccountNotFound,
  type EditError,
  InvalidArgument,
  NoAccount,
  TargetExists,
  TargetNotFound
} from "../errors.ts"
import {
  type AccountName,
  parse,
  type ProjectId,
  type Region,
  TargetName,
  type WorkspaceId
} from "../account/identifiers.ts"
import { checkNewName, collide, freeName } from "../account/newAccountName.ts"
import { assertSameTypeAndRegion } from "../login/assertSameTypeAndRegion.ts"
import type { Target } from "../session/Target.ts"
import * as Toml from "../toml/TomlDocument.ts"
import { tableAt } from "../toml/TomlValue.ts"

/** The edited document, and what the edit has to tell about itself. */
export interface Edited<A> {
  readonly document: ConfigDocument
  readonly result: A
}

/** A change of the configuration. */
export type Edit<A> = (document: ConfigDocument) => Either.Either<Edited<A>, EditError>

/** Runs one edit after the other as one change; the second sees what the first did. */
export const andThen =
  <A, B>(first: Edit<A>, second: (result: A) => Edit<B>): Edit<B> =>
  (document) =>
    Either.flatMap(first(document), (edited) => second(edited.result)(edited.document))

const edited = <A>(document: ConfigDocument, result: A): Either.Either<Edited<A>, EditError> =>
  Either.right({ document, result })

const onToml = (document: ConfigDocument, change: (toml: Toml.TomlDocument) => Toml.TomlDocument): ConfigDocument =>
  Config.withToml(document, change(document.toml))

const setKey =
  (keys: ReadonlyArray<string>, value: Toml.TomlScalar) =>
  (document: ConfigDocument): ConfigDocument =>
    onToml(document, (toml) => Toml.set(toml, keys, value))

const removeKey =
  (keys: ReadonlyArray<string>) =>
  (document: ConfigDocument): ConfigDocument =>
    onToml(document, (toml) => Toml.remove(toml, keys))

const activeWorkspace = ["active", "workspace"]

const unpin = removeKey(activeWorkspace)

/** Drops keys of `[active]`, and the block itself when nothing is left in it. */
const clearActive = (document: ConfigDocument, keys: ReadonlyArray<string>): ConfigDocument => {
  const cleared = keys.reduce((edited, key) => removeKey(["active", key])(edited), document)
  const rest = Either.getOrElse(Config.section(cleared, "active"), () => ({}))
  return Object.keys(rest).length === 0 ? removeKey(["active"])(cleared) : cleared
}

const requireTables = (document: ConfigDocument) =>
  Either.all([
    Config.section(document, "accounts"),
    Config.section(document, "targets"),
    Config.section(document, "active")
  ])

/** Another active account for one that is not there. */
const anyOther = (document: ConfigDocument): Command => {
  const [first] = Config.accountNames(document)
  return first === undefined ? command`mp login` : command`mp account use ${argument(first)}`
}

const requireAccount = (
  document: ConfigDocument,
  name: string,
  origin: string,
  fix?: Command
): Either.Either<Account, EditError> =>
  Either.flatMap(
    requireTables(document),
    (): Either.Either<Account, EditError> =>
      Option.getOrElse(Config.account(document, name), () =>
        Either.left(
          new AccountNotFound({
            account: name,
            origin,
            available: Config.accountNames(document),
            ...(fix === undefined ? {} : { fix })
          })
        )
      )
  )

/** Changes keys of an account block (`null` drops one) and leaves it in the predecessor's order of keys. */
const rewriteAccount = (
  document: ConfigDocument,
  name: string,
  changes: Readonly<Record<string, string | null>>
): Either.Either<Edited<Account>, EditError> =>
  Either.flatMap(Config.section(document, "accounts"), (accounts) => {
    const keys = Object.entries({ ...tableAt(accounts, [name]), ...changes })
    const body = Object.fromEntries(keys.filter(([, value]) => value !== null))
    return Either.mapBoth(decodeAccount(name, body), {
      onLeft: (issues) =>
        new InvalidArgument({
          message: `Account '${name}': ${describeIssues(issues)}.`,
          hints: [Config.editAt(document.path, 1)]
        }),
      onRight: (account) => ({
        document: onToml(document, (toml) => Toml.putTable(toml, ["accounts", name], encodeAccount(account))),
        result: account
      })
    })
  })

/** What adding an account did. */
export interface AddedAccount {
  readonly account: Account
  /** It was the first one and became active. */
  readonly promoted: boolean
}

/** Adds an account; the first one becomes active. */
export const addAccount =
  (account: Account): Edit<AddedAccount> =>
  (document) =>
    Either.gen(function* () {
      const [accounts] = yield* requireTables(document)
      const names = Object.keys(accounts)
      yield* checkNewName(account.name, names, (free) => addCommand(free, account))
      const promoted = names.length === 0
      const added = onToml(document, (toml) => Toml.putTable(toml, ["accounts", account.name], encodeAccount(account)))
      return { document: promoted ? activate(account.name)(added) : added, result: { account, promoted } }
    })

/** The command that adds an account like this one under another name. */
const addCommand = (name: AccountName, account: Account): Command => {
  const { region, type } = account
  const base = command`mp account add ${argument(name)} --type ${type} --region ${region}`
  if (type === "oauth_browser") return base
  const project = ["--project", Option.getOrElse(account.defaultProject, () => "ID")]
  return type === "service_account"
    ? command`mp account add ${argument(name)} --type ${type} --region ${region} ${project} --username ${account.username}`
    : command`mp account add ${argument(name)} --type ${type} --region ${region} ${project} --token-env ${Option.getOrElse(account.tokenEnv, () => "MP_OAUTH_TOKEN")}`
}

const activate =
  (name: string) =>
  (document: ConfigDocument): ConfigDocument =>
    unpin(setKey(["active", "account"], name)(document))

/** What may be changed on an account; what is absent stays. */
export interface AccountChanges {
  readonly region?: Region
  readonly defaultProject?: ProjectId
  readonly username?: string
  readonly secret?: Redacted.Redacted
  readonly token?: Redacted.Redacted
  readonly tokenEnv?: string
}

/** The key in the file that each change writes. */
const changedKeys = {
  region: "region",
  defaultProject: "default_project",
  username: "username",
  secret: "secret",
  token: "token",
  tokenEnv: "token_env"
} satisfies Record<keyof AccountChanges, string>

const keysOfType: Record<Account["type"], ReadonlyArray<keyof AccountChanges>> = {
  service_account: ["region", "defaultProject", "username", "secret"],
  oauth_browser: ["region", "defaultProject"],
  oauth_token: ["region", "defaultProject", "token", "tokenEnv"]
}

/** What updating an account did. */
export interface UpdatedAccount {
  readonly account: Account
  /** The keys that were given, in the file's terms. */
  readonly changed: ReadonlyArray<string>
  /** The credential or the region is another one: what was cached for the old one is void. */
  readonly identityChanged: boolean
}

/**
 * Changes what is given. The type never changes; `token` and `token_env` replace each other; another
 * project or region of the active account also clears its pinned workspace.
 */
export const updateAccount =
  (name: string, changes: AccountChanges): Edit<UpdatedAccount> =>
  (document) =>
    Either.gen(function* () {
      const before = yield* requireAccount(document, name, "NAME")
      const given = yield* givenChanges(before, changes)
      const replaced = given.flatMap(([key]) =>
        key === "token" ? ["token_env"] : key === "token_env" ? ["token"] : []
      )
      const dropped = Object.fromEntries(replaced.map((key) => [key, null]))
      const next = yield* rewriteAccount(document, name, { ...dropped, ...Object.fromEntries(given) })
      const result = {
        account: next.result,
        changed: given.map(([key]) => key),
        identityChanged: given.some(([key]) => key !== "default_project")
      }
      return { document: unpinIfMoved(next.document, before, next.result), result }
    })

/** A pinned workspace does not follow its account to another project or region. */
const unpinIfMoved = (document: ConfigDocument, before: Account, after: Account): ConfigDocument => {
  const moved = after.region !== before.region || !sameProject(after.defaultProject, before.defaultProject)
  return moved && isActive(document, after.name) ? clearPin(document) : document
}

const clearPin = (document: ConfigDocument): ConfigDocument => clearActive(document, ["workspace"])

const sameProject = Option.getEquivalence<ProjectId>((a, b) => a === b)

const isActive = (document: ConfigDocument, name: string): boolean =>
  Option.contains(Config.activeAccountName(document), name)

const givenChanges = (
  account: Account,
  changes: AccountChanges
): Either.Either<ReadonlyArray<readonly [string, string]>, InvalidArgument> => {
  const given = changeKeys.flatMap((key) => {
    const value = changes[key]
    return value === undefined ? [] : [[key, Redacted.isRedacted(value) ? Redacted.value(value) : value] as const]
  })
  const foreign = given.find(([key]) => !keysOfType[account.type].includes(key))
  if (foreign !== undefined) return Either.left(notOfType(account, changedKeys[foreign[0]]))
  if (changes.token !== undefined && changes.tokenEnv !== undefined) return Either.left(bothTokens(account))
  if (given.length === 0) return Either.left(nothingToChange(account))
  return Either.right(given.map(([key, value]) => [changedKeys[key], value] as const))
}

const changeKeys: ReadonlyArray<keyof AccountChanges> = [
  "region",
  "defaultProject",
  "username",
  "secret",
  "token",
  "tokenEnv"
]

const notOfType = (account: Account, key: string) =>
  new InvalidArgument({
    message: `Account '${account.name}' is of type ${account.type}, which has no ${key}.`,
    hints: updates(account),
    details: { account: account.name, type: account.type, key }
  })

const bothTokens = (account: Account) =>
  new InvalidArgument({
    message: `Account '${account.name}' takes a token or the variable that holds it, not both.`,
    hints: updates(account)
  })

const nothingToChange = (account: Account) =>
  new InvalidArgument({
    message: `Nothing to change on account '${account.name}'.`,
    hints: updates(account)
  })

/** What can be changed about an account, by its type. */
const updates = ({ name, type }: Account): ReadonlyArray<Command> => {
  const project = command`mp account update --project ID ${argument(name)}`
  if (type === "oauth_browser") return [project]
  const secret =
    type === "service_account"
      ? command`printf %s "$SECRET" | mp account update --secret-stdin ${argument(name)}`
      : command`printf %s "$TOKEN" | mp account update --token-stdin ${argument(name)}`
  return [project, secret]
}

/** What removing an account did. */
export interface RemovedAccount {
  /** The account; `None` where the block could not be used: its name may be anything, and owns no files. */
  readonly account: Option.Option<Account>
  /** The targets that still name it. */
  readonly orphaned: ReadonlyArray<string>
  /** Another account that has the same directory on a disk that does not tell upper from lower case. */
  readonly neighbour: Option.Option<string>
}

/**
 * Removes an account, broken or whole, and clears `[active]` if it was active. Targets that name it stop
 * this unless `force` is set; they are the result.
 */
export const removeAccount =
  (name: string, options: { readonly force: boolean }): Edit<RemovedAccount> =>
  (document) =>
    Either.flatMap(requireTables(document), ([accounts]) => {
      if (!Object.hasOwn(accounts, name)) {
        return Either.left(
          new AccountNotFound({ account: name, origin: "NAME", available: Config.accountNames(document) })
        )
      }
      const orphaned = Config.targetsOf(document, name)
      if (orphaned.length > 0 && !options.force) {
        return Either.left(new AccountInUse({ account: name, referencedBy: orphaned }))
      }
      const removed = removeKey(["accounts", name])(document)
      return edited(isActive(document, name) ? clearActive(removed, ["account", "workspace"]) : removed, {
        account: Option.flatMap(Config.account(document, name), Either.getRight),
        orphaned,
        neighbour: Option.fromNullable(Object.keys(accounts).find((other) => collide(other, name)))
      })
    })

/** Makes an account the active one and clears the pinned workspace. */
export const useAccount =
  (name: string): Edit<Account> =>
  (document) =>
    Either.flatMap(requireAccount(document, name, "NAME"), (account) => edited(activate(name)(document), account))

/** What signing in did. */
export interface SignedIn {
  readonly account: Account
  readonly isNew: boolean
}

/**
 * Adds an account, or gives the one of that name its new credential and default project, and makes it active
 * with no workspace pinned. A name that is only `proposed` is numbered until it is free.
 */
export const signIn =
  (name: "given" | "proposed", draft: (name: AccountName) => Account, wanted: AccountName): Edit<SignedIn> =>
  (document) =>
    Either.gen(function* () {
      yield* requireTables(document)
      const names = Config.accountNames(document)
      const account = draft(name === "given" ? wanted : freeName(wanted, names))
      const before = Config.account(document, account.name)
      if (Option.isSome(before))
        yield* assertSameTypeAndRegion(yield* before.value, account.type, Option.some(account.region))
      else yield* checkSignInName(document, account.name)
      const path = ["accounts", account.name]
      const written = onToml(document, (toml) => Toml.putTable(toml, path, encodeAccount(account)))
      return { document: activate(account.name)(written), result: { account, isNew: Option.isNone(before) } }
    })

/** Whether a login may add an account of this name. */
export const checkSignInName = (
  document: ConfigDocument,
  name: AccountName
): Either.Either<AccountName, AccountExists | InvalidArgument> =>
  checkNewName(name, Config.accountNames(document), (free) => command`mp login --name=${free}`)

/** The account that `[active]` names, or a given one. */
const activeOr = (document: ConfigDocument, name: Option.Option<string>): Either.Either<Account, EditError> =>
  Option.match(name, {
    onSome: (given) => requireAccount(document, given, "--account"),
    onNone: () =>
      Option.match(Config.activeAccountName(document), {
        onSome: (active) =>
          requireAccount(document, active, `[active].account in ${document.path}`, anyOther(document)),
        onNone: () => Either.left(new NoAccount({ notes: [] }))
      })
  })

/** Sets the default project of the active account, or of the one given. */
export const useProject =
  (project: ProjectId, name: Option.Option<string>): Edit<Account> =>
  (document) =>
    Either.gen(function* () {
      const before = yield* activeOr(document, name)
      const next = yield* rewriteAccount(document, before.name, { default_project: project })
      return { ...next, document: unpinIfMoved(next.document, before, next.result) }
    })

/**
 * Pins a workspace. The pin belongs to the active account: naming another one is refused, because the pin
 * would count for the wrong project.
 */
export const useWorkspace =
  (workspace: WorkspaceId, name: Option.Option<string>): Edit<WorkspaceId> =>
  (document) =>
    Either.gen(function* () {
      yield* requireTables(document)
      if (Option.isSome(name)) {
        const account = yield* requireAccount(document, name.value, "--account")
        if (!isActive(document, account.name)) return yield* Either.left(notActive(account.name, workspace))
      }
      return { document: setKey(activeWorkspace, workspace)(document), result: workspace }
    })

const notActive = (account: AccountName, workspace: WorkspaceId) =>
  new InvalidArgument({
    message: `A workspace is pinned for the active account, and '${account}' is not active.`,
    hints: [inTurn(command`mp account use ${argument(account)}`, command`mp workspace use ${workspace}`)]
  })

/** Saves a target; its account must exist. */
export const addTarget =
  (target: Target): Edit<Target> =>
  (document) =>
    Either.gen(function* () {
      yield* Either.mapLeft(
        parse(TargetName)(target.name),
        (message) =>
          new InvalidArgument({
            message: `The target's name ${message}.`,
            hints: [],
            again: [{ argument: [target.name, "my-target"] }]
          })
      )
      yield* requireAccount(document, target.account, "--account")
      const targets = yield* Config.section(document, "targets")
      if (Object.hasOwn(targets, target.name)) return yield* Either.left(new TargetExists({ target: target.name }))
      const entries: ReadonlyArray<readonly [string, Toml.TomlScalar]> = [
        ["account", target.account],
        ["project", target.project],
        ...Option.toArray(target.workspace).map((workspace) => ["workspace", workspace] as const)
      ]
      const next = onToml(document, (toml) => Toml.putTable(toml, ["targets", target.name], entries))
      return { document: next, result: target }
    })

const requireTarget = (document: ConfigDocument, name: string): Either.Either<Target, EditError> =>
  Option.getOrElse(Config.target(document, name), () => Either.left(targetNotFound(document, name)))

const targetNotFound = (document: ConfigDocument, name: string) =>
  new TargetNotFound({ target: name, origin: "NAME", available: Config.targetNames(document) })

/** Removes a target, broken or whole. */
export const removeTarget =
  (name: string): Edit<string> =>
  (document) =>
    Either.flatMap(
      Config.section(document, "targets"),
      (targets): Either.Either<Edited<string>, EditError> =>
        Object.hasOwn(targets, name)
          ? edited(removeKey(["targets", name])(document), name)
          : Either.left(targetNotFound(document, name))
    )

/** Applies a target: its account, its project as that account's default, its workspace or none. */
export const useTarget =
  (name: string): Edit<Target> =>
  (document) =>
    Either.gen(function* () {
      const target = yield* requireTarget(document, name)
      yield* requireAccount(
        document,
        target.account,
        `target '${name}' in ${document.path}`,
        command`mp target remove ${argument(name)}`
      )
      const activated = activate(target.account)(document)
      const placed = yield* rewriteAccount(activated, target.account, { default_project: target.project })
      const next = Option.match(target.workspace, {
        onNone: () => placed.document,
        onSome: (workspace) => setKey(activeWorkspace, workspace)(placed.document)
      })
      return { document: next, result: target }
    })

/** What `applySession` changes; what is absent stays, except that a move clears the pinned workspace. */
export interface SessionChange {
  readonly account?: string
  readonly project?: ProjectId
  readonly workspace?: WorkspaceId
}

/** Changes the persisted session along any of its axes, in one edit. */
export const applySession = (change: SessionChange): Edit<void> => {
  const steps: ReadonlyArray<Edit<unknown>> = [
    ...(change.account === undefined ? [] : [useAccount(change.account)]),
    ...(change.project === undefined ? [] : [useProject(change.project, Option.none())]),
    ...(change.workspace === undefined ? [] : [useWorkspace(change.workspace, Option.none())])
  ]
  const nothing: Edit<unknown> = (document) => edited(document, undefined)
  const all = steps.reduce((before, step) => andThen(before, () => step), nothing)
  return andThen(all, () => (document) => edited(document, undefined))
}
