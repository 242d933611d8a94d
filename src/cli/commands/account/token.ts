/** `mp account token`. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { Account } from "../../../domain/account/Account.ts"
import { newCredential } from "../../../domain/hints/newCredential.ts"
import { OAuthTokenError } from "../../../domain/oauth/OAuthError.ts"
import type { Identity } from "../../../domain/session/Caller.ts"
import { parentProgram } from "../../../layers/node/parentProgram.ts"
import { Audit } from "../../../services/audit/Audit.ts"
import { handOver } from "../../../services/audit/handOver.ts"
import { type Bearer, TokenResolver } from "../../../services/tokens/TokenResolver.ts"
import { declare } from "../../app/declare.ts"
import { isoTime, optionalName } from "./records.ts"
import { record } from "../../app/output.ts"
import { identity } from "../../app/sessionFor.ts"
import { TerminalText } from "../../app/TerminalText.ts"

/** Without a bearer, the account is of a kind that has none. */
export const showBearer = (found: Identity, bearer: Option.Option<Bearer>) =>
  Effect.gen(function* () {
    const { account } = found
    const value = Option.map(bearer, ({ token }) => Redacted.value(token))
    const bare = yield* bareToken(
      account,
      Option.getOrElse(value, () => "N/A")
    )
    if (Option.isSome(bearer)) yield* handOver(yield* Audit, found, bearer.value.token, yield* parentProgram)
    yield* record(
      {
        account_name: account.name,
        type: account.type,
        token: Option.getOrNull(value),
        expires_at: isoTime(Option.flatMap(bearer, ({ expiresAt }) => expiresAt))
      },
      { bare }
    )
  })

/** A token that is printed as it is. */
export const bareToken = (account: Account, value: string): Either.Either<TerminalText, OAuthTokenError> =>
  Either.fromNullable(TerminalText.exactly(value), () => unprintable(account))

/** It would be printed as something else, and no request can carry it. */
const unprintable = (account: Account) =>
  new OAuthTokenError({
    account: account.name,
    reason: "it contains control characters or invisible ones.",
    fixes: [newCredential(account)],
    details: {}
  })

export const token = declare(
  "token",
  {
    summary: "print the bearer of an account, alone on one line",
    examples: ['curl -H "Authorization: Bearer $(mp account token me)" https://mixpanel.com/api/app/me']
  },
  { name: optionalName },
  function* ({ name }) {
    const found = yield* identity(name)
    const { account, origin } = found
    const resolver = yield* TokenResolver
    const bearer =
      account.type === "service_account" ? Option.none() : Option.some(yield* resolver.bearer(account, origin))
    yield* showBearer(found, bearer)
  }
)
