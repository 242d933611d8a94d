/** The OAuth tokens of the accounts that log in through a browser. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { describeIssues } from "../domain/decode.ts"
import type { FileError } from "../domain/errors.ts"
import { OAuthTokenError } from "../domain/OAuthError.ts"
import { decodeTokens, type OAuthTokens } from "../domain/OAuthTokens.ts"
import { CredentialFiles } from "./CredentialFiles.ts"
import { Locations } from "./Locations.ts"

export class TokenStore extends Context.Tag("effect-mixpanel/TokenStore")<
  TokenStore,
  {
    /** Where the tokens of an account are kept, for messages. */
    readonly describe: (account: string) => Effect.Effect<string>
    /** The tokens of an account; `None` when it was never logged in. */
    readonly get: (account: string) => Effect.Effect<Option.Option<OAuthTokens>, OAuthTokenError>
    /** Forgets all that is stored for an account: tokens and caches. `false` when there was nothing. */
    readonly forget: (account: string) => Effect.Effect<boolean, FileError>
    /** Forgets what was learned with another credential or region, and keeps the tokens. */
    readonly forgetCaches: (account: string) => Effect.Effect<boolean, FileError>
  }
>() {}

const make = Effect.gen(function* () {
  const files = yield* CredentialFiles
  const locations = yield* Locations

  const read = Effect.fn("TokenStore.get")(function* (account: string) {
    const path = yield* locations.tokens(account)
    const text = yield* files.read(path).pipe(Effect.mapError((error) => refused(account, error)))
    return yield* Option.match(text, {
      onNone: () => Either.right(Option.none<OAuthTokens>()),
      onSome: (content) => Either.map(decode(account, path, content), Option.some)
    })
  })

  return TokenStore.of({
    describe: locations.tokens,
    get: read,
    forget: (account) => Effect.flatMap(locations.accountDirectory(account), files.removeDirectory),
    forgetCaches: (account) => Effect.flatMap(locations.meCache(account), files.remove)
  })
})

const decode = (account: string, path: string, text: string): Either.Either<OAuthTokens, OAuthTokenError> =>
  Either.flatMap(
    Either.try({ try: (): unknown => JSON.parse(text), catch: () => malformed(account, path, "it is not valid JSON") }),
    (json) => Either.mapLeft(decodeTokens(json), (issues) => malformed(account, path, describeIssues(issues)))
  )

const malformed = (account: string, path: string, why: string) =>
  new OAuthTokenError({
    account,
    reason: `${path} cannot be used: ${why}.`,
    fix: `mp account login ${account}`,
    details: { account, path }
  })

const refused = (account: string, error: FileError) =>
  new OAuthTokenError({ account, reason: `${error.message}.`, fix: error.fix, details: { account, ...error.details } })

export const layer: Layer.Layer<TokenStore, never, CredentialFiles | Locations> = Layer.effect(TokenStore, make)
