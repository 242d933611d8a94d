import * as Effect from "effect/Effect"
import type { AccountName } from "../../domain/account/identifiers.ts"
import { argument, command } from "../../domain/hints/Command.ts"
import { OAuthTokenError } from "../../domain/oauth/OAuthError.ts"
import type { TokenStore } from "./TokenStore.ts"

export const neverLoggedIn = (
  { describe }: Pick<TokenStore["Type"], "describe">,
  account: AccountName
): Effect.Effect<never, OAuthTokenError> =>
  Effect.flatMap(
    describe(account),
    (path) =>
      new OAuthTokenError({
        account,
        reason: `nobody is logged in (there is no ${path}).`,
        fixes: [command`mp account login ${argument(account)}`],
        details: { account, path }
      })
  )
