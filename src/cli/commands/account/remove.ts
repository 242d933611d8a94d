import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Accounts } from "../../../services/config/Accounts.ts"
import { declare } from "../../app/declare.ts"
import { flag } from "../../app/facts.ts"
import { done, notice } from "../../app/output.ts"
import { text } from "../../app/TerminalText.ts"
import { mayAsk } from "./accountFlags.ts"
import { name } from "./records.ts"
import { stillAlive, storedLogin } from "./storedLogin.ts"

export const remove = declare(
  "remove",
  {
    summary: "remove an account with its tokens and caches",
    examples: ["mp account remove team", "mp account remove team --force", "mp account remove me --revoke"]
  },
  {
    name,
    force: flag("force", { description: "remove it even if targets or directories refer to it" }),
    revoke: flag("revoke", { description: "first end its login at the server; on a terminal, you are asked" })
  },
  function* ({ name, ...flags }) {
    const accounts = yield* Accounts
    const login = yield* storedLogin(name)
    const isRefused = Option.exists(login, ({ references }) => references.length > 0) && !flags.force
    const isLive = Option.isSome(login) && !isRefused
    const ended =
      isLive && (flags.revoke || (!flags.force && (yield* mayAsk) && (yield* askToEnd(name))))
        ? Option.some(yield* endLogin(name))
        : Option.none()
    const { account, left, neighbour, orphaned, orphanedDirectories } = yield* accounts.remove(name, flags)
    const orphans = Object.entries({ targets: orphaned, directories: orphanedDirectories }).flatMap(([what, names]) =>
      names.length === 0 ? [] : [`Orphaned ${what}: ${names.join(", ")}`]
    )
    const removed = Option.isSome(account)
      ? `Removed account '${name}'.`
      : `Removed the block of account '${name}', which was broken. No other file was touched.`
    const shared = Option.match(neighbour, {
      onNone: () => [],
      onSome: (other) => [
        `Its tokens and caches were not removed: on some file systems they are those of account '${other}'.`
      ]
    })
    const changed = {
      name,
      was_broken: Option.isNone(account),
      shares_files_with: Option.getOrNull(neighbour),
      orphaned_targets: orphaned,
      orphaned_directories: orphanedDirectories,
      revoked: Option.getOrNull(Option.map(ended, ({ revoked }) => revoked))
    }
    const server = Option.toArray(ended).map(({ said }) => `Login of '${name}': ${said}`)
    yield* done([removed, ...server, ...(Option.isSome(account) ? shared : []), ...orphans], changed)
    for (const { directory, names } of Option.toArray(left)) {
      if (names.length > 0)
        yield* notice(`${directory} was not removed, because it contains other files (${names.join(", ")}).`)
    }
    if (flags.revoke && Option.isNone(login)) yield* notice(`'${name}' had no login to revoke.`)
    if (Option.isNone(ended) && Option.isSome(login)) {
      yield* notice(`${stillAlive(name)} Another time, mp account remove NAME --revoke ends it first.`)
    }
  }
)

const endLogin = (name: string) =>
  Effect.promise(() => import("./logout.run.ts")).pipe(Effect.flatMap((logout) => logout.endLogin(name)))

/** Deleting a login is what was asked for; ending it at the server, for others who have a copy too, is another thing. */
const askToEnd = (name: string) =>
  Effect.flatMap(
    Effect.promise(() => import("../../app/prompts.ts")),
    ({ askWhether }) =>
      askWhether(text`Also end the login of '${name}' at the server, for every bridge and copy of it?`)
  )
