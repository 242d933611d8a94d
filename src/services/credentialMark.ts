/** The mark of the credential that an account presents at this moment. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { Account } from "../domain/Account.ts"
import { credentialMark } from "../domain/CredentialMark.ts"
import { variable } from "./environment.ts"

/** Another mark is another credential. A bearer in a variable is read from there. */
export const markOf = (account: Account): Effect.Effect<string> =>
  Effect.map(staticBearer(account), (bearer) => credentialMark(account, bearer))

const staticBearer = (account: Account): Effect.Effect<Option.Option<Redacted.Redacted>> => {
  if (account.type !== "oauth_token") return Effect.succeedNone
  return Option.match(account.tokenEnv, {
    onNone: () => Effect.succeed(account.token),
    onSome: (name) => Effect.map(variable(name), Option.map(Redacted.make))
  })
}
