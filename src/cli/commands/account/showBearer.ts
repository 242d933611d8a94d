/** A bearer as a command gives it to whoever asked. */
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
import type { Bearer } from "../../../services/tokens/bearerAtHand.ts"
import { isoTime } from "./records.ts"
import { record } from "../../app/output.ts"
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
