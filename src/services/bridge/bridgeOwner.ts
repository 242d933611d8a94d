import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { OAuthBrowserAccount } from "../../domain/account/Account.ts"
import { decodeCachedMe } from "../../domain/api/CachedMe.ts"
import type { FileError, LockLost } from "../../domain/errors.ts"
import { command } from "../../domain/hints/Command.ts"
import { parseJson } from "../../domain/internal/json.ts"
import { lazy } from "../../domain/internal/lazy.ts"
import { OAuthTokenError } from "../../domain/oauth/OAuthError.ts"
import type { OAuthTokens } from "../../domain/oauth/OAuthTokens.ts"
import type { Audit } from "../audit/Audit.ts"
import type { ConfigStore } from "../config/ConfigStore.ts"
import type { OAuthFlow } from "../oauth/OAuthFlow.ts"
import type { CredentialFiles } from "../platform/CredentialFiles.ts"
import type { Crypto } from "../platform/Crypto.ts"
import type { Locations } from "../platform/Locations.ts"
import { familyOf } from "../tokens/tokenFamily.ts"
import type { TokenStore } from "../tokens/TokenStore.ts"

interface Export {
  readonly path: string
  readonly user: number | null
  /** `null` in notes of earlier versions. */
  readonly family: string | null
}

const decodeExports = lazy(() => {
  const Noted = Schema.Struct({
    path: Schema.String,
    user: Schema.NullOr(Schema.Number),
    family: Schema.optionalWith(Schema.NullOr(Schema.String), { default: () => null })
  })
  const OfPath = Schema.transform(Schema.String, Schema.typeSchema(Noted), {
    strict: true,
    decode: (path) => ({ path, user: null, family: null }),
    encode: ({ path }) => path
  })
  return Schema.decodeUnknownOption(Schema.Array(Schema.Union(OfPath, Noted)))
})

const rememberedExports = 16

export interface BridgeDeps {
  readonly files: CredentialFiles["Type"]
  readonly locations: Locations["Type"]
  readonly crypto: Crypto["Type"]
  readonly store: TokenStore["Type"]
  readonly config: ConfigStore["Type"]
  readonly audit: Audit["Type"]
  /** `None` for a process that only looks: it adopts nothing. */
  readonly flow: Option.Option<OAuthFlow["Type"]>
}

export const bridgeOwner = ({ crypto, files, flow, locations }: BridgeDeps, account: OAuthBrowserAccount) => {
  const notes = Effect.map(locations.accountDirectory(account.name), (directory) => `${directory}/bridges.json`)

  const noted: Effect.Effect<ReadonlyArray<Export>, FileError> = notes.pipe(
    Effect.flatMap(files.read),
    Effect.map(Option.flatMap((text) => Option.flatMap(Either.getRight(parseJson(text)), decodeExports()))),
    Effect.map(Option.getOrElse(() => []))
  )

  /** A hint: what is there now is looked at each time. None where the notes cannot be read. */
  const exports = Effect.orElseSucceed(noted, () => [])

  const exportTo = (path: string) => Effect.map(exports, (known) => known.find((one) => one.path === path))

  const replace = (path: string, by: ReadonlyArray<Export>): Effect.Effect<void, FileError | LockLost> =>
    Effect.gen(function* () {
      const known = yield* noted
      const entries = [...known.filter((entry) => entry.path !== path), ...by]
      if (entries.length === 0 && known.length === 0) return
      yield* files.write(yield* notes, JSON.stringify(entries.slice(-rememberedExports)))
    })

  const cachedUser: Effect.Effect<Option.Option<number>> = locations
    .meCache(account.name)
    .pipe(
      Effect.flatMap(files.read),
      Effect.option,
      Effect.map(Option.flatten),
      Effect.map(Option.flatMap((text) => Either.getRight(decodeCachedMe(text)))),
      Effect.map(Option.flatMap(({ me }) => me.userId))
    )

  const userNow = ({ accessToken }: OAuthTokens) =>
    Effect.flatMap(cachedUser, (cached) =>
      Option.isSome(cached) || Option.isNone(flow)
        ? Effect.succeed(cached)
        : Effect.orElse(flow.value.whoIs(account.region, accessToken), () => Effect.succeedNone)
    )

  return {
    exports,
    /** Remembers an export, and whose tokens it has. The account's lock is held. */
    note: (path: string, tokens: OAuthTokens) =>
      Effect.flatMap(Effect.all([userNow(tokens), familyOf(crypto, tokens)]), ([user, family]) =>
        replace(path, [{ path, user: Option.getOrNull(user), family }])
      ),
    /** There is no bridge of the account at the path any more: what appears there later was not exported. The account's lock is held. */
    forget: (path: string) => replace(path, []),
    /** Whether the tokens of the bridge at a path are of the login that was exported to it, and the account is still that user's. */
    wasExported: (path: string, tokens: OAuthTokens) =>
      Effect.gen(function* () {
        const exported = yield* exportTo(path)
        if (exported === undefined || exported.family !== (yield* familyOf(crypto, tokens))) return false
        const user = yield* cachedUser
        return exported.user === null || Option.isNone(user) || user.value === exported.user
      }),
    /** Whether the bearer of a bridge's tokens belongs to the account's user. Fails where the server cannot be asked. */
    belongs: (path: string, tokens: OAuthTokens) =>
      Effect.gen(function* () {
        const exported = yield* exportTo(path)
        if (exported === undefined || Option.isNone(flow)) return false
        const user = exported.user === null ? yield* cachedUser : Option.some(exported.user)
        if (Option.isNone(user)) return false
        const found = yield* Effect.mapError(flow.value.whoIs(account.region, tokens.accessToken), (error) =>
          uncertain(account, path, error._tag === "ConfigError" ? error.message : error.reason)
        )
        if (!Option.contains(found, user.value)) return false
        return locations.inWorkingDirectory(path) ? yield* aheadHere(account, path) : true
      })
  }
}

/** The bridge may have spent the account's refresh token: sending it would end the login. */
export const uncertain = ({ name }: OAuthBrowserAccount, path: string, why: string) =>
  new OAuthTokenError({
    account: name,
    reason: `the bridge ${path} has newer tokens of this login, and the server could not be asked whose they are: ${why}.`,
    fixes: [command`mp account test ${name}`],
    details: { account: name, path }
  })

const aheadHere = ({ name }: OAuthBrowserAccount, path: string) =>
  new OAuthTokenError({
    account: name,
    reason: `the bridge ${path} has newer tokens of this login, and none are taken from a file of the working directory.`,
    fixes: [command`cd ~ && mp account test ${name}`],
    details: { account: name, path }
  })
