import * as Option from "effect/Option"
import type { Account } from "../../../domain/account/Account.ts"
import { argument, command } from "../../../domain/hints/Command.ts"
import { Accounts } from "../../../services/config/Accounts.ts"
import { declare } from "../../app/declare.ts"
import { done, notice } from "../../app/output.ts"
import { accountChanges, accountFlags } from "./accountFlags.ts"
import { name } from "./records.ts"
import { noteSource } from "./sourceFlags.ts"
import { stillAlive, storedLogin } from "./storedLogin.ts"

export const update = declare(
  "update",
  {
    summary: "change an account; its type never changes",
    globals: { project: "new default project" },
    examples: ["mp account update team --region eu", 'printf %s "$SECRET" | mp account update team --secret-stdin']
  },
  { name, ...accountFlags },
  function* ({ name, ...flags }) {
    const accounts = yield* Accounts
    const login = yield* storedLogin(name)
    const changes = yield* accountChanges(flags)
    const { account, changed, identityChanged } = yield* accounts.update(name, changes)
    yield* done([`Updated account '${account.name}' (${changed.join(", ")}).`], { name: account.name, changed })
    if (changes.source !== undefined) yield* noteSource(changes.source)
    if (identityChanged && Option.isSome(login)) yield* notice(movedAway(account))
  }
)

const movedAway = ({ name, region }: Account): string =>
  `${stillAlive(name)} ${command`mp account login ${argument(name)}`} logs in to ${region}. ` +
  `Another time, ${command`mp account logout ${argument(name)}`} ends the old login first.`
