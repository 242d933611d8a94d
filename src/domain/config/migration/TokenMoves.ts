/** Where the tokens of 2.x belong: it kept one set for each region, today every account has its own. */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { accounts, type ConfigDocument } from "../ConfigDocument.ts"
import type { AccountName, Region } from "../../account/identifiers.ts"
import type { OAuthTokens } from "../../oauth/OAuthTokens.ts"

export const ownerOf = (document: ConfigDocument, region: Region): Either.Either<AccountName, string> => {
  const candidates = accounts(document).flatMap(({ value }) =>
    Either.isRight(value) && value.right.type === "oauth_browser" && value.right.region === region
      ? [value.right.name]
      : []
  )
  const [only] = candidates
  if (only === undefined) return Either.left(`no oauth_browser account is in region ${region}`)
  return candidates.length === 1
    ? Either.right(only)
    : Either.left(`several oauth_browser accounts are in region ${region}: ${candidates.join(", ")}`)
}

export const sameTokens = (one: OAuthTokens, other: OAuthTokens): boolean =>
  Redacted.value(one.accessToken) === Redacted.value(other.accessToken) &&
  Option.getEquivalence<string>((a, b) => a === b)(
    Option.map(one.refreshToken, Redacted.value),
    Option.map(other.refreshToken, Redacted.value)
  )
