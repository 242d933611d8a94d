/** Tokens as entries of a store. Machines that share one agree on its clock: times are stored by that, and used by ours. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { AccountName } from "../../domain/account/identifiers.ts"
import type { FileError, LockError } from "../../domain/errors.ts"
import { argument, command } from "../../domain/hints/Command.ts"
import { describeIssues } from "../../domain/internal/decode.ts"
import { parseJson } from "../../domain/internal/json.ts"
import { OAuthTokenError } from "../../domain/oauth/OAuthError.ts"
import { decodeTokens, OAuthTokens, tokensText, writable } from "../../domain/oauth/OAuthTokens.ts"
import type { StorageError } from "../../domain/storage/StorageError.ts"
import type { CredentialStorageShape, Version } from "../storage/CredentialStorage.ts"

/**
 * Tokens as they were stored at some moment.
 * @since 0.1.0
 * @category models
 */
export interface StoredTokens {
  readonly tokens: OAuthTokens
  readonly version: Version
}

interface TokenEntry {
  readonly textOf: (tokens: OAuthTokens) => Effect.Effect<string>
  readonly read: (
    account: AccountName,
    key: string
  ) => Effect.Effect<Option.Option<StoredTokens>, OAuthTokenError | StorageError>
}

export const tokenEntry = (
  storage: Pick<CredentialStorageShape, "isShared" | "now" | "get" | "describe">
): TokenEntry => {
  const offset = storage.isShared
    ? Effect.zipWith(storage.now, Clock.currentTimeMillis, (theirs, ours) => theirs - ours)
    : Effect.succeed(0)
  const byOurClock = (tokens: OAuthTokens) => Effect.map(offset, (millis) => later(tokens, -millis))
  return {
    textOf: (tokens) => Effect.map(offset, (millis) => tokensText(later(tokens, millis))),
    read: Effect.fnUntraced(function* (account, key) {
      const found = yield* Effect.mapError(storage.get(key), (error) =>
        error.cause === undefined ? error : refused(account, error.cause)
      )
      if (Option.isNone(found)) return Option.none()
      const { value, version } = found.value
      const tokens = yield* decode(account, yield* storage.describe(key), value)
      return Option.some({ tokens: yield* byOurClock(tokens), version })
    })
  }
}

/** Two clocks that tell the same to the second are one. */
const later = (tokens: OAuthTokens, millis: number): OAuthTokens =>
  Math.abs(millis) < 1000
    ? tokens
    : new OAuthTokens({ ...tokens, expiresAt: Option.map(tokens.expiresAt, (at) => writable(at + millis)) })

const decode = (account: AccountName, path: string, text: string): Either.Either<OAuthTokens, OAuthTokenError> =>
  Either.flatMap(
    Either.mapLeft(parseJson(text), (problem) => malformed(account, path, `it is ${problem}`)),
    (json) => Either.mapLeft(decodeTokens(json), (issues) => malformed(account, path, describeIssues(issues)))
  )

const malformed = (account: AccountName, path: string, why: string) =>
  new OAuthTokenError({
    account,
    reason: `${path} cannot be used: ${why}.`,
    fixes: [command`mp account login ${argument(account)}`],
    details: { account, path }
  })

const refused = (account: AccountName, { details, hints, message }: FileError | LockError) =>
  new OAuthTokenError({ account, reason: `${message}.`, fixes: hints, details: { account, ...details } })
