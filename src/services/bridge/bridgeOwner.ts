/**
 * Which bridges this store exported, and whose tokens they hold. A bridge's tokens enter an account's own store only where this store exported the bridge, where it does
 * not lie in the working directory, and where `/me` shows the user that the account belonged to; an account's own tokens
 * enter no bridge but one that was exported from here.
 */
import { command } from "../../domain/hints/Command.ts"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { OAuthBrowserAccount } from "../../domain/account/Account.ts"
import { decodeCachedMe } from "../../domain/api/CachedMe.ts"
import type { FileError, LockLost } from "../../domain/errors.ts"
import { parseJson } from "../../domain/internal/json.ts"
import { lazy } from "../../domain/internal/lazy.ts"
import { OAuthTokenError } from "../../domain/oauth/OAuthError.ts"
import type { OAuthTokens } from "../../domain/oauth/OAuthTokens.ts"
import type { BridgeDeps } from "./BridgeDeps.ts"
import { familyOf } from "../tokens/tokenFamily.ts"

/** Where tokens of an account were exported to, whose they were, as far as that was known, and of which login. */
interface Export {
  readonly path: string
  readonly user: number | null
  /** `null` in notes of earlier versions. */
  readonly family: string | null
}

const exportsPath = ({ locations }: BridgeDeps, account: OAuthBrowserAccount) =>
  Effect.map(locations.accountDirectory(account.name), (directory) => `${directory}/bridges.json`)

const Noted = Schema.Struct({
  path: Schema.String,
  user: Schema.NullOr(Schema.Number),
  family: Schema.optionalWith(Schema.NullOr(Schema.String), { default: () => null })
})
const Exports = Schema.Array(
  Schema.Union(
    Schema.transform(Schema.String, Schema.typeSchema(Noted), {
      strict: true,
      decode: (path) => ({ path, user: null, family: null }),
      encode: ({ path }) => path
    }),
    Noted
  )
)
const decodeExports = lazy(() => Schema.decodeUnknownOption(Exports))

/** A hint: what is there now is looked at each time. */
export const exportsOf = (
  deps: BridgeDeps,
  account: OAuthBrowserAccount
): Effect.Effect<ReadonlyArray<Export>, FileError> =>
  exportsPath(deps, account).pipe(
    Effect.flatMap(deps.files.read),
    Effect.map(Option.flatMap((text) => Option.flatMap(Either.getRight(parseJson(text)), decodeExports()))),
    Effect.map(Option.getOrElse(() => []))
  )

/** No more than these are remembered; the oldest go first. */
const rememberedExports = 16

/** Remembers an export, and whose tokens it has. The account's lock is held. */
export const noteExport = (
  deps: BridgeDeps,
  account: OAuthBrowserAccount,
  path: string,
  tokens: OAuthTokens
): Effect.Effect<void, FileError | LockLost> =>
  Effect.gen(function* () {
    const user = Option.getOrNull(yield* Effect.orElse(userNow(deps, account, tokens), () => Effect.succeedNone))
    yield* replaceExport(deps, account, path, [{ path, user, family: yield* familyOf(deps.crypto, tokens) }])
  })

/** There is no bridge of the account at the path any more: what appears there later was not exported. The account's lock is held. */
export const forgetExport = (deps: BridgeDeps, account: OAuthBrowserAccount, path: string) =>
  replaceExport(deps, account, path, [])

const replaceExport = (
  deps: BridgeDeps,
  account: OAuthBrowserAccount,
  path: string,
  by: ReadonlyArray<Export>
): Effect.Effect<void, FileError | LockLost> =>
  Effect.gen(function* () {
    const known = yield* exportsOf(deps, account)
    const entries = [...known.filter((entry) => entry.path !== path), ...by]
    if (entries.length === 0 && known.length === 0) return
    yield* deps.files.write(yield* exportsPath(deps, account), JSON.stringify(entries.slice(-rememberedExports)))
  })

/** Whether the tokens of the bridge at a path are of the login that was exported to it, and the account is still that user's. */
export const wasExported = (
  deps: BridgeDeps,
  account: OAuthBrowserAccount,
  path: string,
  tokens: OAuthTokens
): Effect.Effect<boolean> =>
  Effect.gen(function* () {
    const exported = (yield* exportsOf(deps, account)).find((one) => one.path === path)
    if (exported === undefined || exported.family !== (yield* familyOf(deps.crypto, tokens))) return false
    const user = yield* cachedUser(deps, account)
    return exported.user === null || Option.isNone(user) || user.value === exported.user
  }).pipe(Effect.orElseSucceed(() => false))

/** The user of the account's own login: as `/me` said last, else as it says now. */
const userNow = (deps: BridgeDeps, account: OAuthBrowserAccount, tokens: OAuthTokens) =>
  Effect.flatMap(cachedUser(deps, account), (cached) =>
    Option.isSome(cached) || Option.isNone(deps.flow)
      ? Effect.succeed(cached)
      : deps.flow.value.whoIs(account.region, tokens.accessToken)
  )

const cachedUser = (deps: BridgeDeps, account: OAuthBrowserAccount): Effect.Effect<Option.Option<number>> =>
  deps.locations.meCache(account.name).pipe(
    Effect.flatMap(deps.files.read),
    Effect.option,
    Effect.map((text) =>
      Option.flatMap(Option.flatten(text), (held) =>
        Option.flatMap(Either.getRight(decodeCachedMe(held)), ({ me }) => me.userId)
      )
    )
  )

/** Whether the bearer of a bridge's tokens belongs to the account's user. Fails where the server cannot be asked. */
export const belongs = (
  deps: BridgeDeps,
  account: OAuthBrowserAccount,
  path: string,
  tokens: OAuthTokens
): Effect.Effect<boolean, OAuthTokenError> =>
  Effect.gen(function* () {
    const entry = (yield* Effect.orElseSucceed(exportsOf(deps, account), () => [])).find((one) => one.path === path)
    if (entry === undefined || Option.isNone(deps.flow)) return false
    const known = Option.orElse(Option.fromNullable(entry.user), () => Option.none<number>())
    const user = Option.isSome(known) ? known : yield* cachedUser(deps, account)
    if (Option.isNone(user)) return false
    const found = yield* Effect.mapError(deps.flow.value.whoIs(account.region, tokens.accessToken), (error) =>
      uncertain(account, path, "message" in error && error._tag === "ConfigError" ? error.message : reasonOf(error))
    )
    if (!Option.contains(found, user.value)) return false
    return deps.locations.inWorkingDirectory(path) ? yield* aheadHere(account, path) : true
  })

const reasonOf = (error: { readonly reason?: string; readonly message?: string }): string =>
  error.reason ?? error.message ?? ""

/** The bridge may have spent the account's refresh token: sending it would end the login. */
export const uncertain = (account: OAuthBrowserAccount, path: string, why: string) =>
  new OAuthTokenError({
    account: account.name,
    reason: `the bridge ${path} has newer tokens of this login, and the server could not be asked whose they are: ${why}.`,
    fixes: [command`mp account test ${account.name}`],
    details: { account: account.name, path }
  })

const aheadHere = (account: OAuthBrowserAccount, path: string) =>
  new OAuthTokenError({
    account: account.name,
    reason: `the bridge ${path} has newer tokens of this login, and none are taken from a file of the working directory.`,
    fixes: [command`cd ~ && mp account test ${account.name}`],
    details: { account: account.name, path }
  })
