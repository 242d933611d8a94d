/** The command that gives an account another credential: its variable, where it lives in the environment. */
import type { AccountType } from "../account/Account.ts"
import { argument, type Command, command } from "./Command.ts"

export const newCredential = ({ name, type }: { readonly name: string; readonly type: AccountType }): Command => {
  const variable = ofTheEnvironment[name]
  if (variable !== undefined) return variable
  switch (type) {
    case "service_account":
      return command`printf %s "$SECRET" | mp account update --secret-stdin ${argument(name)}`
    case "oauth_browser":
      return command`mp account login ${argument(name)}`
    case "oauth_token":
      return command`printf %s "$TOKEN" | mp account update --token-stdin ${argument(name)}`
  }
}

const ofTheEnvironment: Readonly<Record<string, Command>> = {
  "env-service-account": command`export MP_SECRET="$SECRET"`,
  "env-oauth-token": command`export MP_OAUTH_TOKEN="$TOKEN"`
}
