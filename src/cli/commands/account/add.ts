import * as Option from "effect/Option"
import { AccountType } from "../../../domain/account/Account.ts"
import { argument, command } from "../../../domain/hints/Command.ts"
import { Accounts } from "../../../services/config/Accounts.ts"
import { declare } from "../../app/declare.ts"
import { flag } from "../../app/facts.ts"
import { done, notice } from "../../app/output.ts"
import { accountFlags, newAccount } from "./accountFlags.ts"
import { name } from "./records.ts"
import { noteSource } from "./sourceFlags.ts"

export const add = declare(
  "add",
  {
    summary: "add an account; the first one becomes active",
    globals: { project: "default project of the account [MP_PROJECT_ID]" },
    examples: [
      'printf %s "$SECRET" | mp account add team --type service_account --username USER --secret-stdin',
      "mp account add me --type oauth_browser --region eu",
      "mp account add ci --type oauth_token --token-env MP_CI_TOKEN --project 3713224",
      "mp account add ops --type service_account --region us --username USER --secret-command 'op read op://Work/Mixpanel/secret'"
    ]
  },
  {
    name,
    type: flag("type", {
      value: "TYPE",
      choices: AccountType.literals,
      required: true,
      description: "kind of account"
    }),
    ...accountFlags
  },
  function* ({ name, type, ...flags }) {
    const accounts = yield* Accounts
    const given = yield* newAccount(name, type, flags)
    const { account, promoted } = yield* accounts.add(given.account, Option.getOrUndefined(given.source))
    const added = `Added account '${account.name}' (${account.type}, ${account.region}).`
    yield* done([promoted ? `${added} Set as active.` : added], {
      name: account.name,
      type: account.type,
      region: account.region,
      default_project: Option.getOrNull(account.defaultProject),
      is_active: promoted
    })
    if (Option.isSome(given.source)) yield* noteSource(given.source.value)
    if (Option.isNone(account.defaultProject)) {
      const next =
        account.type === "oauth_browser"
          ? command`mp account login ${argument(account.name)}`
          : command`mp account update ${argument(account.name)} --project ID`
      yield* notice(`Account '${account.name}' has no default project yet: ${next}`)
    }
  }
)
