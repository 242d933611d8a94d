import * as Either from "effect/Either"
import * as Equal from "effect/Equal"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { type Account, OAuthBrowserAccount, OAuthTokenAccount, ServiceAccount } from "../account/Account.ts"
import { parseSecret, parseUsername } from "../account/credentialText.ts"
import { InvalidArgument } from "../errors.ts"
import type { AccountName, ProjectId, Region } from "../account/identifiers.ts"

/**
 * A credential that can be sent as it is, whoever it belongs to.
 * @since 0.1.0
 * @category models
 */
export type BareCredential =
  | { readonly type: "service_account"; readonly username: string; readonly secret: Redacted.Redacted }
  | { readonly type: "oauth_token"; readonly token: Redacted.Redacted }

/**
 * A service account, a bearer (itself or its variable, never both), or a person with a browser.
 * @since 0.1.0
 * @category models
 */
export type LoginCredential =
  | BareCredential
  | { readonly type: "oauth_token"; readonly tokenEnv: string }
  | { readonly type: "oauth_browser" }

export const checkCredential = (credential: LoginCredential): Either.Either<LoginCredential, InvalidArgument> => {
  if (credential.type === "service_account") {
    return Either.all({
      type: Either.right(credential.type),
      username: named("The user name", parseUsername(credential.username)),
      secret: named("The secret", parseSecret(Redacted.value(credential.secret)))
    })
  }
  return credential.type === "oauth_token" && "token" in credential
    ? Either.map(named("The token", parseSecret(Redacted.value(credential.token))), (token) => ({
        ...credential,
        token
      }))
    : Either.right(credential)
}

const named = <A>(what: string, parsed: Either.Either<A, string>): Either.Either<A, InvalidArgument> =>
  Either.mapLeft(parsed, (problem) => new InvalidArgument({ message: `${what} ${problem}.`, hints: [] }))

interface Common {
  readonly name: AccountName
  readonly region: Region
  readonly defaultProject: Option.Option<ProjectId>
}

export const accountOf = (credential: LoginCredential, common: Common): Account => {
  switch (credential.type) {
    case "service_account":
      return new ServiceAccount({ ...common, username: credential.username, secret: credential.secret })
    case "oauth_browser":
      return new OAuthBrowserAccount(common)
    case "oauth_token":
      return "token" in credential
        ? new OAuthTokenAccount({ ...common, token: Option.some(credential.token), tokenEnv: Option.none() })
        : new OAuthTokenAccount({ ...common, token: Option.none(), tokenEnv: Option.some(credential.tokenEnv) })
  }
}

/** Whether the account's own fields say that it belongs to who presents the credential. */
export const isCredentialOf = (credential: LoginCredential, account: Account): boolean => {
  if (credential.type === "service_account") {
    return account.type === "service_account" && account.username === credential.username
  }
  if (credential.type === "oauth_browser" || account.type !== "oauth_token") return false
  return "token" in credential
    ? Option.exists(account.token, (token) => Equal.equals(token, credential.token))
    : Option.contains(account.tokenEnv, credential.tokenEnv)
}
