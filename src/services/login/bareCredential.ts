import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { parseSecret } from "../../domain/account/credentialText.ts"
import type { AccountName } from "../../domain/account/identifiers.ts"
import { command } from "../../domain/hints/Command.ts"
import type { BareCredential, LoginCredential } from "../../domain/login/LoginCredential.ts"
import { OAuthTokenError } from "../../domain/oauth/OAuthError.ts"
import { variable } from "../platform/environment.ts"

export const bareCredential = (
  credential: Exclude<LoginCredential, { readonly type: "oauth_browser" }>,
  name: Option.Option<AccountName>
): Effect.Effect<BareCredential, OAuthTokenError> => {
  if (!("tokenEnv" in credential)) return Effect.succeed(credential)
  const { tokenEnv, type } = credential
  const unusable = (problem: string) =>
    new OAuthTokenError({
      account: Option.getOrElse(name, () => "(new)"),
      reason: `the variable ${tokenEnv} ${problem}.`,
      fixes: [command`export ${tokenEnv}="$TOKEN"`],
      details: { variable: tokenEnv }
    })
  return Effect.flatMap(
    variable(tokenEnv),
    Option.match({
      onNone: () => Either.left(unusable("is not set or empty")),
      onSome: (text) => Either.mapBoth(parseSecret(text), { onLeft: unusable, onRight: (token) => ({ type, token }) })
    })
  )
}
