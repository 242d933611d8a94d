import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { AccountName } from "../../domain/account/identifiers.ts"
import { freeName } from "../../domain/account/newAccountName.ts"
import * as Config from "../../domain/config/ConfigDocument.ts"
import { argument, command } from "../../domain/hints/Command.ts"
import type { OAuthTokenError } from "../../domain/oauth/OAuthError.ts"
import type { ClaimError, StorageError } from "../../domain/storage/StorageError.ts"
import { lasting } from "./cacheEntries.ts"
import { commandAt, isThere, kept, type Move, moved, type MovedEntry, type Outcome } from "./Move.ts"
import type { ConfigMove } from "./moveConfig.ts"
import { moveLogin } from "./moveLogin.ts"

const accountThere = ({ from, to }: Move, { differing, there }: ConfigMove, name: AccountName) => {
  const found = Option.getOrNull(Config.account(there, name))
  if (found === null || differing.some(([section, key]) => section === "accounts" && key === name)) {
    const taken = Config.accountNames(there)
    const free = freeName(name, [...taken, name])
    return Either.left(
      found === null && !taken.some((other) => other.toLowerCase() === name.toLowerCase())
        ? kept(`no account '${name}' is configured there`, [
            commandAt(to, command`mp account add ${argument(name)} --type oauth_browser`)
          ])
        : kept("another account of that name is configured there", [
            commandAt(from, command`mp account rename ${argument(name)} ${free}`)
          ])
    )
  }
  if (Either.isLeft(found))
    return Either.left(
      kept(
        found.left.message,
        found.left.hints.map((hint) => commandAt(to, hint))
      )
    )
  return found.right.type === "oauth_browser"
    ? Either.right(found.right)
    : Either.left(kept(`account '${name}' is a ${found.right.type} there, and has no login`))
}

/** What cannot be used stays, and the others go; where another try helps, nothing more is done. */
export const orKept = (
  step: Effect.Effect<Option.Option<Outcome>, OAuthTokenError | ClaimError>
): Effect.Effect<Option.Option<Outcome>, ClaimError> =>
  Effect.catchAll(step, (error) =>
    error._tag === "OAuthTokenError" || (error._tag === "StorageError" && !error.temporary)
      ? Effect.succeedSome(kept(error.message, error.hints))
      : Effect.fail(error)
  )

/** What is there already is as good: it is learned anew. */
const moveCache = ({ from, isDry, to }: Move, key: string): Effect.Effect<Option.Option<Outcome>, StorageError> =>
  Effect.gen(function* () {
    const found = Option.getOrNull(yield* from.get(key))
    if (found === null || isDry) return Option.as(Option.fromNullable(found), moved)
    const put = Effect.as(to.put(key, found.value, { expected: "absent", ...lasting(key) }), moved)
    const outcome = yield* Effect.catchTag(put, "Superseded", () => Effect.succeed(isThere))
    yield* Effect.catchTag(from.remove(key, { version: found.version }), "Superseded", () => Effect.void)
    return Option.some(outcome)
  })

export const moveEntriesOf = (
  move: Move,
  config: ConfigMove,
  name: AccountName,
  entries: ReadonlyArray<string>
): Effect.Effect<ReadonlyArray<MovedEntry>, ClaimError> =>
  Effect.gen(function* () {
    const asEntry =
      (entry: string) =>
      (outcome: Outcome): MovedEntry => ({ key: `accounts/${name}/${entry}`, outcome })
    const account = accountThere(move, config, name)
    const hasLogin = entries.includes("tokens") || entries.includes("moving")
    const login = !hasLogin
      ? Option.none<Outcome>()
      : Either.isLeft(account)
        ? Option.some(account.left)
        : yield* orKept(moveLogin(move, account.right))
    const stays = Option.exists(login, ({ _tag }) => _tag === "kept")
    const rest = stays ? [] : entries.filter((entry) => entry !== "tokens" && entry !== "moving")
    const caches = yield* Effect.forEach(rest, (entry) =>
      Effect.map(orKept(moveCache(move, `accounts/${name}/${entry}`)), Option.map(asEntry(entry)))
    )
    return [Option.map(login, asEntry("tokens")), ...caches].flatMap(Option.toArray)
  })
