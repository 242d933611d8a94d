import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { type Account, hasKey } from "../../account/Account.ts"
import type { AccountName, ProjectId, Region } from "../../account/identifiers.ts"
import { checkNewName, collide, freeName } from "../../account/newAccountName.ts"
import { type AccountExists, AccountInUse, InvalidArgument } from "../../errors.ts"
import { argument, type Command, command } from "../../hints/Command.ts"
import { newCredential } from "../../hints/newCredential.ts"
import { assertSameTypeAndRegion } from "../../login/assertSameTypeAndRegion.ts"
import {
  activate,
  clearActive,
  type Edit,
  isActive,
  onToml,
  putAccount,
  removeKey,
  requireAccount,
  requireTables,
  rewriteAccount,
  unpinIfMoved
} from "./Edit.ts"
import { inPlaceOfCredential, type NewSource, putSource, removeSource } from "./credentialSources.ts"
import * as Config from "../ConfigDocument.ts"
import type { ConfigDocument } from "../ConfigDocument.ts"
import { rulesNaming } from "../directories.ts"
import { accountNotFound } from "../named.ts"

/**
 * What adding an account did.
 * @since 0.1.0
 * @category models
 */
export interface AddedAccount {
  readonly account: Account
  /** It was the first one and became active. */
  readonly promoted: boolean
}

/**
 * Adds an account, with the command or file that gives its credential where it is not in it; the first one becomes active.
 * @since 0.1.0
 * @category edits
 */
export const addAccount =
  (account: Account, source: Option.Option<NewSource> = Option.none()): Edit<AddedAccount> =>
  (document) =>
    Either.gen(function* () {
      const [accounts] = yield* requireTables(document)
      const names = Object.keys(accounts)
      yield* checkNewName(account.name, names, (free) => addCommand(free, account))
      const promoted = names.length === 0
      const written = putAccount(removeSource(document, account.name), account)
      const added = Option.match(source, {
        onNone: () => written,
        onSome: (given) => putSource(written, account, given)
      })
      return { document: promoted ? activate(added, account.name) : added, result: { account, promoted } }
    })

const addCommand = (name: AccountName, account: Account): Command => {
  const { region, type } = account
  const base = command`mp account add ${argument(name)} --type ${type} --region ${region}`
  if (type === "oauth_browser") return base
  const project = ["--project", Option.getOrElse(account.defaultProject, () => "ID")]
  return type === "service_account"
    ? command`mp account add ${argument(name)} --type ${type} --region ${region} ${project} --username ${account.username}`
    : command`mp account add ${argument(name)} --type ${type} --region ${region} ${project} --token-env ${Option.getOrElse(account.tokenEnv, () => "MP_OAUTH_TOKEN")}`
}

/**
 * What may be changed on an account; what is absent stays.
 * @since 0.1.0
 * @category models
 */
export interface AccountChanges {
  readonly region?: Region
  readonly defaultProject?: ProjectId
  readonly username?: string
  readonly secret?: Redacted.Redacted
  readonly token?: Redacted.Redacted
  readonly tokenEnv?: string
  /** Takes the place of the credential, as a credential takes the place of it. */
  readonly source?: NewSource
}

const given = (changes: AccountChanges): ReadonlyArray<readonly [key: string, value: string]> => {
  const { defaultProject, region, secret, token, tokenEnv, username } = changes
  const all = { region, default_project: defaultProject, username, secret, token, token_env: tokenEnv }
  return Object.entries(all).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, Redacted.isRedacted(value) ? Redacted.value(value) : value] as const]
  )
}

/**
 * What updating an account did.
 * @since 0.1.0
 * @category models
 */
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
 * @since 0.1.0
 * @category edits
 */
export const updateAccount =
  (name: string, changes: AccountChanges): Edit<UpdatedAccount> =>
  (document) =>
    Either.gen(function* () {
      const before = yield* requireAccount(document, name, "NAME")
      const changed = yield* checkedChanges(before, changes)
      const given = changed.map(([key]) => key)
      const replaced = given.flatMap((key) => (key === "token" ? ["token_env"] : key === "token_env" ? ["token"] : []))
      const dropped = Object.fromEntries(replaced.map((key) => [key, null]))
      const { source } = changes
      const isOwnAgain = given.some((key) => key === "secret" || key === "token" || key === "token_env")
      const sourced =
        source === undefined
          ? { document: isOwnAgain ? removeSource(document, name) : document, changed: {}, keys: [] }
          : {
              document: putSource(document, before, source),
              changed: inPlaceOfCredential(before.type),
              keys: [sourceFlag(before, source)]
            }
      const keys = [...given, ...sourced.keys]
      const next = yield* rewriteAccount(sourced.document, name, {
        ...dropped,
        ...Object.fromEntries(changed),
        ...sourced.changed
      })
      const result = {
        account: next.result,
        changed: keys,
        identityChanged: keys.some((key) => key !== "default_project")
      }
      return { document: unpinIfMoved(next.document, before, next.result), result }
    })

const checkedChanges = (account: Account, changes: AccountChanges) => {
  const all = given(changes)
  const foreign = all.find(([key]) => !hasKey(account.type, key))
  if (foreign !== undefined) return Either.left(notOfType(account, foreign[0]))
  if (changes.token !== undefined && changes.tokenEnv !== undefined) return Either.left(bothTokens(account))
  const { source } = changes
  if (source === undefined) return all.length === 0 ? Either.left(nothingToChange(account)) : Either.right(all)
  if (account.type === "oauth_browser") return Either.left(notOfType(account, sourceFlag(account, source)))
  if (account.type === "service_account" && source.kind === "file") return Either.left(notOfType(account, "token_file"))
  const own = all.find(([key]) => key === "secret" || key === "token" || key === "token_env")
  return own === undefined ? Either.right(all) : Either.left(bothSources(account, own[0]))
}

const sourceFlag = ({ type }: Account, { kind }: NewSource): string => {
  if (kind === "file") return "token_file"
  return type === "service_account" ? "secret_command" : "token_command"
}

const bothSources = (account: Account, key: string) =>
  new InvalidArgument({
    message: `Account '${account.name}' takes its credential from a command or file, or has a ${key} of its own, not both.`,
    hints: updates(account)
  })

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

const updates = (account: Account): ReadonlyArray<Command> => [
  command`mp account update --project ID ${argument(account.name)}`,
  ...(account.type === "oauth_browser" ? [] : [newCredential(account)])
]

/**
 * What removing an account did.
 * @since 0.1.0
 * @category models
 */
export interface RemovedAccount {
  /** The account; `None` where the block could not be used: its name may be anything, and owns no files. */
  readonly account: Option.Option<Account>
  /** The targets that still name it. */
  readonly orphaned: ReadonlyArray<string>
  /** The paths of the rules of `[[directories]]` that still name it. */
  readonly orphanedDirectories: ReadonlyArray<string>
  /** Another account that has the same directory on a disk that does not tell upper from lower case. */
  readonly neighbour: Option.Option<string>
}

/**
 * Removes an account, broken or whole, and clears `[active]` if it was active. Targets and rules that name it stop
 * this unless `force` is set; they are the result.
 * @since 0.1.0
 * @category edits
 */
export const removeAccount =
  (name: string, options: { readonly force: boolean }): Edit<RemovedAccount> =>
  (document) =>
    Either.gen(function* () {
      const [accounts] = yield* requireTables(document)
      if (!Object.hasOwn(accounts, name)) {
        return yield* Either.left(accountNotFound(document, name))
      }
      const orphaned = Config.targetsOf(document, name)
      const directories = rulesNaming(document, "account", name).map(({ path }) => path)
      if (orphaned.length + directories.length > 0 && !options.force)
        return yield* Either.left(new AccountInUse({ account: name, referencedBy: orphaned, directories }))
      const removed = removeSource(removeKey(document, ["accounts", name]), name)
      return {
        document: isActive(document, name)
          ? onToml(removed, (toml) => clearActive(toml, ["account", "workspace"]))
          : removed,
        result: {
          account: Option.flatMap(Config.account(document, name), Either.getRight),
          orphaned,
          orphanedDirectories: directories,
          neighbour: Option.fromNullable(Object.keys(accounts).find((other) => collide(other, name)))
        }
      }
    })

/**
 * Makes an account the active one and clears the pinned workspace.
 * @since 0.1.0
 * @category edits
 */
export const useAccount =
  (name: string): Edit<Account> =>
  (document) =>
    Either.map(requireAccount(document, name, "NAME"), (account) => ({
      document: activate(document, name),
      result: account
    }))

/**
 * What signing in did.
 * @since 0.1.0
 * @category models
 */
export interface SignedIn {
  readonly account: Account
  readonly isNew: boolean
}

/**
 * Adds an account, or gives the one of that name its new credential and default project, and makes it active
 * with no workspace pinned. A name that is only `proposed` is numbered until it is free.
 * @since 0.1.0
 * @category edits
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
      const written = putAccount(removeSource(document, account.name), account)
      return { document: activate(written, account.name), result: { account, isNew: Option.isNone(before) } }
    })

/**
 * Whether a login may add an account of this name.
 * @since 0.1.0
 * @category edits
 */
export const checkSignInName = (
  document: ConfigDocument,
  name: AccountName
): Either.Either<AccountName, AccountExists | InvalidArgument> =>
  checkNewName(name, Config.accountNames(document), (free) => command`mp login --name=${free}`)
