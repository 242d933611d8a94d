/** The mark of the credential that an account presents at this moment, to the server that `/me` is asked of. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { Account } from "../../domain/account/Account.ts"
import { fingerprintOf } from "../../domain/oauth/fingerprint.ts"
import { endpointOverrides, variable } from "../platform/environment.ts"

/** Another mark is another credential. A bearer in a variable is read from there. */
export const credentialFingerprint = (account: Account): Effect.Effect<string> =>
  Effect.zipWith(staticBearer(account), override, (bearer, address) => fingerprintOf(account, bearer, address))

/** The address that answers `/me` in place of Mixpanel. Nothing is asked where it is malformed. */
const override: Effect.Effect<Option.Option<string>> = endpointOverrides.pipe(
  Effect.map(({ api, app }) => Option.orElse(app, () => api)),
  Effect.orElseSucceed(() => Option.none())
)

const staticBearer = (account: Account): Effect.Effect<Option.Option<Redacted.Redacted>> => {
  if (account.type !== "oauth_token") return Effect.succeedNone
  return Option.match(account.tokenEnv, {
    onNone: () => Effect.succeed(account.token),
    onSome: (name) => Effect.map(variable(name), Option.map(Redacted.make))
  })
}
