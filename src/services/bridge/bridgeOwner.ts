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
import { lazily } from "../../domain/internal/lazily.ts"
import { OAuthTokenError } from "../../domain/oauth/OAuthError.ts"
import type { OAuthTokens } from "../../domain/oauth/OAuthTokens.ts"
import type { BridgeWorld } from "./bridgeWorld.ts"
import { familyOf } from "../tokens/lineage.ts"

/** Where tokens of an account were exported to, whose they were, as far as that was known, and of which login. */
interface Export {
  readonly path: string
  readonly user: number | null
  /** `null` in notes of earlier versions. */
  readonly family: string | null
}

const exportsPath = ({ locations }: BridgeWorld, account: OAuthBrowserAccount) =>
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
const decodeExports = lazily(() => Schema.decodeUnknownOption(Exports))

/** A hint: what is there now is looked at each time. */
export const exportsOf = (
  world: BridgeWorld,
  account: OAuthBrowserAccount
): Effect.Effect<ReadonlyArray<Export>, FileError> =>
  exportsPath(world, account).pipe(
    Effect.flatMap(world.files.read),
    Effect.map(Option.flatMap((text) => Option.flatMap(Either.getRight(parseJson(text)), decodeExports()))),
    Effect.map(Option.getOrElse(() => []))
  )

/** No more than these are remembered; the oldest go first. */
const rememberedExports = 16

/** Remembers an export, and whose tokens it has. The account's lock is held. */
export const noteExport = (
  world: BridgeWorld,
  account: OAuthBrowserAccount,
  path: string,
  tokens: OAuthTokens
): Effect.Effect<void, FileError | LockLost> =>
  Effect.gen(function* () {
    const user = Option.getOrNull(yield* Effect.orElse(userNow(world, account, tokens), () => Effect.succeedNone))
    yield* replaceExport(world, account, path, [{ path, user, family: familyOf(tokens) }])
  })

/** There is no bridge of the account at the path any more: what appears there later was not exported. The account's lock is held. */
export const forgetExport = (world: BridgeWorld, account: OAuthBrowserAccount, path: string) =>
  replaceExport(world, account, path, [])

const replaceExport = (
  world: BridgeWorld,
  account: OAuthBrowserAccount,
  path: string,
  by: ReadonlyArray<Export>
): Effect.Effect<void, FileError | LockLost> =>
  Effect.gen(function* () {
    const known = yield* exportsOf(world, account)
    const entries = [...known.filter((entry) => entry.path !== path), ...by]
    if (entries.length === 0 && known.length === 0) return
    yield* world.files.write(yield* exportsPath(world, account), JSON.stringify(entries.slice(-rememberedExports)))
  })

/** Whether the tokens of the bridge at a path are of the login that was exported to it, and the account is still that user's. */
export const wasExported = (
  world: BridgeWorld,
  account: OAuthBrowserAccount,
  path: string,
  tokens: OAuthTokens
): Effect.Effect<boolean> =>
  Effect.gen(function* () {
    const exported = (yield* exportsOf(world, account)).find((one) => one.path === path)
    if (exported === undefined || exported.family !== familyOf(tokens)) return false
    const user = yield* cachedUser(world, account)
    return exported.user === null || Option.isNone(user) || user.value === exported.user
  }).pipe(Effect.orElseSucceed(() => false))

/** The user of the account's own login: as `/me` said last, else as it says now. */
const userNow = (world: BridgeWorld, account: OAuthBrowserAccount, tokens: OAuthTokens) =>
  Effect.flatMap(cachedUser(world, account), (cached) =>
    Option.isSome(cached) || Option.isNone(world.flow)
      ? Effect.succeed(cached)
      : world.flow.value.whoIs(account.region, tokens.accessToken)
  )

const cachedUser = (world: BridgeWorld, account: OAuthBrowserAccount): Effect.Effect<Option.Option<number>> =>
  world.locations.meCache(account.name).pipe(
    Effect.flatMap(world.files.read),
    Effect.option,
    Effect.map((text) =>
      Option.flatMap(Option.flatten(text), (held) =>
        Option.flatMap(Either.getRight(decodeCachedMe(held)), ({ me }) => me.userId)
      )
    )
  )

/** Whether the bearer of a bridge's tokens belongs to the account's user. Fails where the server cannot be asked. */
export const belongs = (
  world: BridgeWorld,
  account: OAuthBrowserAccount,
  path: string,
  tokens: OAuthTokens
): Effect.Effect<boolean, OAuthTokenError> =>
  Effect.gen(function* () {
    const entry = (yield* Effect.orElseSucceed(exportsOf(world, account), () => [])).find((one) => one.path === path)
    if (entry === undefined || Option.isNone(world.flow)) return false
    const known = Option.orElse(Option.fromNullable(entry.user), () => Option.none<number>())
    const user = Option.isSome(known) ? known : yield* cachedUser(world, account)
    if (Option.isNone(user)) return false
    const found = yield* Effect.mapError(world.flow.value.whoIs(account.region, tokens.accessToken), (error) =>
      uncertain(account, path, "message" in error && error._tag === "ConfigError" ? error.message : reasonOf(error))
    )
    if (!Option.contains(found, user.value)) return false
    return world.locations.inWorkingDirectory(path) ? yield* aheadHere(account, path) : true
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
