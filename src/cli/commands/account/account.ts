/** `mp account`: who may call. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { type Account, AccountType } from "../../../domain/account/Account.ts"
import { regions } from "../../../domain/account/identifiers.ts"
import { argument, command } from "../../../domain/hints/Command.ts"
import { Accounts } from "../../../services/config/Accounts.ts"
import { accountChanges, mayAsk, newAccount } from "./accountFlags.ts"
import { detailsRecord } from "./records.ts"
import { group, leaf } from "../../app/declare.ts"
import * as Flag from "../../app/flag.ts"
import { accountList } from "./list.ts"
import { accountToken } from "./token.ts"
import { done, notice, record } from "../../app/output.ts"
import { onDemand } from "../../app/lazyHandler.ts"
import { identity } from "../../app/sessionFor.ts"
import { text } from "../../app/TerminalText.ts"
import { exportBridge, removeBridge } from "./accountBridge.ts"
import { login, logout } from "./accountLogin.ts"

const name = Flag.argument("NAME", "name of the account")
const optionalName = Flag.optionalArgument("NAME", "name of the account; by default the one that the session uses")

const accountFlags = {
  region: Flag.optional("region", "REGION", {
    description: "where the data lives [MP_REGION]",
    choices: regions
  }),
  username: Flag.optional("username", "USER", { description: "user name of a service account [MP_USERNAME]" }),
  secretStdin: Flag.toggle("secret-stdin", { description: "read the secret of a service account from stdin" }),
  tokenEnv: Flag.optional("token-env", "VAR", {
    description: "variable that holds the bearer of an oauth_token account"
  }),
  tokenStdin: Flag.toggle("token-stdin", { description: "read the bearer of an oauth_token account from stdin" })
}

const listAccounts = leaf(
  {
    name: "list",
    summary: "list all accounts, the active one marked *",
    examples: ["mp account list", "mp account list --format json | jq -r '.[].name'"]
  },
  () => accountList
)

const add = leaf(
  {
    name: "add",
    summary: "add an account; the first one becomes active",
    arguments: { name },
    flags: {
      type: Flag.required("type", "TYPE", { description: "kind of account", choices: AccountType.literals }),
      ...accountFlags
    },
    globals: { project: "default project of the account [MP_PROJECT_ID]" },
    examples: [
      'printf %s "$SECRET" | mp account add team --type service_account --username USER --project 3018488 --region us --secret-stdin',
      "mp account add me --type oauth_browser --region eu",
      "mp account add ci --type oauth_token --token-env MP_CI_TOKEN --project 3713224 --region us"
    ]
  },
  (flags, args) =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const { account, promoted } = yield* accounts.add(yield* newAccount(args.name, flags.type, flags))
      const added = `Added account '${account.name}' (${account.type}, ${account.region}).`
      yield* done([promoted ? `${added} Set as active.` : added], {
        name: account.name,
        type: account.type,
        region: account.region,
        default_project: Option.getOrNull(account.defaultProject),
        is_active: promoted
      })
    })
)

const update = leaf(
  {
    name: "update",
    summary: "change fields of an account; its type never changes",
    arguments: { name },
    flags: accountFlags,
    globals: { project: "new default project" },
    examples: ["mp account update team --region eu", 'printf %s "$SECRET" | mp account update team --secret-stdin']
  },
  (flags, args) =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const login = yield* storedLogin(args.name)
      const { account, changed, identityChanged } = yield* accounts.update(args.name, yield* accountChanges(flags))
      yield* done([`Updated account '${account.name}' (${changed.join(", ")}).`], { name: account.name, changed })
      if (identityChanged && Option.isSome(login)) yield* notice(movedAway(account))
    })
)

const remove = leaf(
  {
    name: "remove",
    summary: "remove an account with its tokens and caches",
    arguments: { name },
    flags: {
      force: Flag.toggle("force", { description: "remove it even if targets refer to it" }),
      revoke: Flag.toggle("revoke", { description: "end its login at the server before; on a terminal, you are asked" })
    },
    examples: ["mp account remove team", "mp account remove team --force", "mp account remove me --revoke"]
  },
  (flags, args) =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const login = yield* storedLogin(args.name)
      const isRefused = Option.exists(login, ({ references }) => references.length > 0) && !flags.force
      const isLive = Option.isSome(login) && !isRefused
      const ended =
        isLive && (flags.revoke || (!flags.force && (yield* mayAsk) && (yield* askToEnd(args.name))))
          ? Option.some(yield* endLogin(args.name))
          : Option.none<Ended>()
      const { account, left, neighbour, orphaned } = yield* accounts.remove(args.name, flags)
      const orphans = orphaned.length === 0 ? [] : [`Orphaned targets: ${orphaned.join(", ")}`]
      const removed = Option.isSome(account)
        ? `Removed account '${args.name}'.`
        : `Removed the block of account '${args.name}', which was broken. No other file was touched.`
      const shared = Option.match(neighbour, {
        onNone: () => [],
        onSome: (other) => [`Its tokens and caches were left: on some disks they are those of account '${other}'.`]
      })
      const changed = {
        name: args.name,
        was_broken: Option.isNone(account),
        shares_files_with: Option.getOrNull(neighbour),
        orphaned_targets: orphaned,
        revoked: Option.getOrNull(Option.map(ended, ({ revoked }) => revoked))
      }
      const server = Option.toArray(ended).map(({ said }) => `Login of '${args.name}': ${said}`)
      yield* done([removed, ...server, ...(Option.isSome(account) ? shared : []), ...orphans], changed)
      for (const { directory, names } of Option.toArray(left)) {
        if (names.length > 0) yield* notice(`${directory} was left alone: other files are in it (${names.join(", ")}).`)
      }
      if (flags.revoke && Option.isNone(login)) yield* notice(`'${args.name}' had no login that could be revoked.`)
      if (Option.isNone(ended) && Option.isSome(login)) {
        yield* notice(`${stillAlive(args.name)} Another time, mp account remove NAME --revoke ends it first.`)
      }
    })
)

/** The login that an account has here, and what refers to the account. */
const storedLogin = (name: string) =>
  Effect.gen(function* () {
    const accounts = yield* Accounts
    const shown = yield* Effect.option(accounts.show(name))
    return Option.filter(
      Option.map(shown, ({ referencedByTargets, tokens }) => ({
        references: referencedByTargets,
        source: tokens.source
      })),
      ({ source }) => Option.contains(source, "tokens.json")
    )
  })

interface Ended {
  readonly revoked: boolean
  readonly said: string
}

const endLogin = (name: string) =>
  Effect.flatMap(
    Effect.promise(() => import("./login.run.ts")),
    (handlers) => handlers.endLogin(name)
  )

/** Deleting a login is what was asked for; ending it at the server, for others who have a copy too, is another thing. */
const askToEnd = (name: string) =>
  Effect.flatMap(
    Effect.promise(() => import("../../app/askWhether.ts")),
    ({ askWhether }) =>
      askWhether(text`Also end the login of '${name}' at the server, for every bridge and copy of it?`)
  )

const stillAlive = (name: string): string =>
  `The tokens of '${name}' are deleted here, but its login still lives at the server until it expires or is revoked ` +
  `in Mixpanel's own settings.`

const movedAway = ({ name, region }: Account): string =>
  `${stillAlive(name)} ${command`mp account login ${argument(name)}`} logs in to ${region}. ` +
  `Another time, ${command`mp account logout ${argument(name)}`} ends the old login first.`

const use = leaf(
  {
    name: "use",
    summary: "make an account active; the pinned workspace is cleared",
    arguments: { name },
    examples: ["mp account use team"]
  },
  (_, args) =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const account = yield* accounts.use(args.name)
      yield* done([`Active account: ${account.name}`], { name: account.name, is_active: true, workspace: null })
    })
)

const show = leaf(
  {
    name: "show",
    summary: "show an account, never its secrets",
    arguments: { name: optionalName },
    examples: ["mp account show", "mp account show team --format json"]
  },
  (_, args) =>
    Effect.gen(function* () {
      const { account, origin } = yield* identity(args.name)
      const accounts = yield* Accounts
      yield* record(detailsRecord(yield* accounts.describe(account, origin)))
    })
)

const token = leaf(
  {
    name: "token",
    summary: "print the bearer of an account, alone on one line",
    arguments: { name: optionalName },
    examples: ['curl -H "Authorization: Bearer $(mp account token me)" https://mixpanel.com/api/app/me']
  },
  (_, args) => accountToken(args.name)
)

const test = leaf(
  {
    name: "test",
    summary: "ask the server whether the credential works",
    arguments: { name: optionalName },
    examples: ["mp account test", "mp account test team"]
  },
  onDemand(
    () => import("./test.run.ts"),
    ({ testAccount }) =>
      (_: unknown, args: { readonly name: Option.Option<string> }) =>
        Effect.flatMap(identity(args.name), testAccount)
  )
)

export const account = group("account", "accounts: who is calling", [
  listAccounts,
  add,
  update,
  remove,
  use,
  show,
  token,
  test,
  login,
  logout,
  exportBridge,
  removeBridge
])
