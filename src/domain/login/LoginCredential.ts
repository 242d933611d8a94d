/** What a login presents, before there is an account for it. */
import * as Equal from "effect/Equal"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import { type Account, OAuthBrowserAccount, OAuthTokenAccount, ServiceAccount } from "../account/Account.ts"
import type { AccountName, ProjectId, Region } from "../account/identifiers.ts"

/** A credential that can be sent as it is, whoever it belongs to. */
export type BareCredential =
  | { readonly type: "service_account"; readonly username: string; readonly secret: Redacted.Redacted }
  | { readonly type: "oauth_token"; readonly token: Redacted.Redacted }

/** A service account, a bearer (itself or its variable, never both), or a person with a browser. */
export type LoginCredential =
  | BareCredential
  | { readonly type: "oauth_token"; readonly tokenEnv: string }
  | { readonly type: "oauth_browser" }

interface Common {
  readonly name: AccountName
  readonly region: Region
  readonly defaultProject: Option.Option<ProjectId>
}

/** The account that a credential makes. */
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
