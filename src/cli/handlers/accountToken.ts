/** What `mp account token` does. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { TokenResolver } from "../../services/TokenResolver.ts"
import { isoTime } from "../AccountRecords.ts"
import { record } from "../Output.ts"
import { identity } from "../Resolved.ts"

/** Without a name, the account that the session would use. */
export const accountToken = (name: Option.Option<string>) =>
  Effect.gen(function* () {
    const { account, origin } = yield* identity(name)
    const resolver = yield* TokenResolver
    const bearer =
      account.type === "service_account" ? Option.none() : Option.some(yield* resolver.bearer(account, origin))
    const value = Option.map(bearer, ({ token }) => Redacted.value(token))
    yield* record(
      {
        account_name: account.name,
        type: account.type,
        token: Option.getOrNull(value),
        expires_at: isoTime(Option.flatMap(bearer, ({ expiresAt }) => expiresAt))
      },
      { bare: Option.getOrElse(value, () => "N/A") }
    )
  })
