/** What is wrong with accounts that are configured soundly. */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { type Account, isGivenElsewhere } from "../account/Account.ts"
import { newCredential } from "../hints/newCredential.ts"
import { regionOfHost } from "../api/Endpoints.ts"
import { argument, command } from "../hints/Command.ts"
import { isVariableName } from "../account/identifiers.ts"
import type { Me } from "../api/Me.ts"
import type { ClientTrouble } from "../oauth/ClientRegistration.ts"
import type { OAuthTokens } from "../oauth/OAuthTokens.ts"
import type { AccountFacts, Facts, LoginFacts } from "./Facts.ts"
import { account as about, file, type Finding, finding } from "./Finding.ts"

export const accountFindings = (facts: Facts): ReadonlyArray<Finding> => [
  ...(isBlank(facts)
    ? [finding("nothing-configured", file(facts.config.path), "No account is configured.", command`mp login`)]
    : []),
  ...facts.accounts.flatMap((found) => [
    ...credentialFindings(facts, found),
    ...Option.match(found.me, { onNone: () => [], onSome: (me) => otherRegion(found, me) })
  ]),
  ...clientFindings(facts)
]

/** One for each file: accounts of a region share it. */
const clientFindings = ({ accounts }: Facts): ReadonlyArray<Finding> => {
  const found = accounts.flatMap(({ account, login }) =>
    Option.toArray(Option.flatMap(login, ({ clientTrouble }) => clientTrouble)).map((trouble) => ({
      path: trouble.path,
      finding: clientFinding(account, trouble)
    }))
  )
  return found
    .filter(({ path }, at) => found.findIndex((other) => other.path === path) === at)
    .map(({ finding }) => finding)
}

const clientFinding = ({ name }: Account, { hasSecret, path, unfinishedAt }: ClientTrouble): Finding =>
  finding(
    hasSecret ? "registration-unusable" : "login-unfinished",
    file(path),
    hasSecret
      ? `The OAuth client in ${path} has a secret, so it is not used.`
      : `A login with the OAuth client in ${path} did not come back from the browser${Option.match(unfinishedAt, { onNone: () => "", onSome: (at) => `, at ${at}` })}.`,
    command`mp account login ${argument(name)}`
  )

/** What is missing says more than how the last check ended. */
const credentialFindings = (facts: Facts, { account, lastCheck, login }: AccountFacts): ReadonlyArray<Finding> => {
  const missing = [
    ...Option.match(login, { onNone: () => [], onSome: (found) => loginFindings(facts, account, found) }),
    ...unsetVariable(facts, account)
  ]
  return missing.length > 0 ? missing : refusedCredential(account, lastCheck)
}

const refusedCredential = (account: Account, lastCheck: AccountFacts["lastCheck"]): ReadonlyArray<Finding> =>
  Option.toArray(Option.filter(lastCheck, ({ refused }) => refused)).map(({ at }) =>
    finding(
      "credential-refused",
      about(account.name),
      `The server refused the credential of account '${account.name}' when it was last tested, at ${new Date(at).toISOString()}.`,
      newCredential(account)
    )
  )

/** Nothing that says who is calling, and nothing broken that may have said so. */
const isBlank = ({ bridge, config, variables }: Facts): boolean =>
  Either.match(config.content, {
    onLeft: () => false,
    onRight: (text) => /^[ \t\r\n]*$/.test(Option.getOrElse(text, () => ""))
  }) &&
  Option.isNone(bridge.found) &&
  Option.isNone(variables("MP_OAUTH_TOKEN")) &&
  Option.isNone(variables("MP_USERNAME"))

const needsLogin = (
  { name }: Account,
  id: "not-logged-in" | "tokens-malformed" | "tokens-expired" | "refresh-token-dead" | "registration-missing",
  problem: string
): ReadonlyArray<Finding> => [finding(id, about(name), problem, command`mp account login ${argument(name)}`)]

const loginFindings = (facts: Facts, account: Account, found: LoginFacts): ReadonlyArray<Finding> => {
  if (found.refused) return []
  return Either.match(found.tokens, {
    onLeft: ({ message }) => needsLogin(account, "tokens-malformed", message),
    onRight: Option.match({
      onNone: () => needsLogin(account, "not-logged-in", `Account '${account.name}' has never been logged in.`),
      onSome: (tokens) => tokenFindings(facts, account, found, tokens)
    })
  })
}

const tokenFindings = (
  { now }: Facts,
  account: Account,
  { dead, registered }: LoginFacts,
  tokens: OAuthTokens
): ReadonlyArray<Finding> => {
  const login = `The login of account '${account.name}'`
  if (Option.isNone(tokens.refreshToken)) {
    return tokens.isExpiredAt(now)
      ? needsLogin(account, "tokens-expired", `${login} has expired and cannot be renewed.`)
      : []
  }
  if (dead)
    return needsLogin(account, "refresh-token-dead", `The server has ended the login of account '${account.name}'.`)
  const missing = `the registration of region ${account.region} is missing`
  return Option.isNone(tokens.clientId) && !registered
    ? needsLogin(account, "registration-missing", `${login} cannot be renewed: ${missing}.`)
    : []
}

const unsetVariable = ({ variables }: Facts, account: Account): ReadonlyArray<Finding> => {
  if (account.type !== "oauth_token" || isGivenElsewhere(account)) return []
  return Option.toArray(account.tokenEnv)
    .filter((variable) => Option.isNone(variables(variable)))
    .map((variable) =>
      finding(
        "token-variable-unset",
        about(account.name),
        `Account '${account.name}' takes its token from ${variable}, which is not set.`,
        isVariableName(variable) ? command`export ${variable}="$TOKEN"` : newCredential(account)
      )
    )
}

const otherRegion = ({ account }: AccountFacts, me: Me): ReadonlyArray<Finding> => {
  const projects = Object.values(me.projects)
  const own = projects.filter(({ id }) => Option.contains(account.defaultProject, id))
  const found = (own.length > 0 ? own : projects).flatMap(({ domain }) =>
    Option.toArray(Option.flatMap(domain, regionOfHost))
  )
  const [region] = found
  if (region === undefined || found.includes(account.region)) return []
  return [
    finding(
      "region-mismatch",
      about(account.name),
      `Account '${account.name}' is set to region ${account.region}, but its projects are in ${region}.`,
      command`mp account update --region ${region} ${argument(account.name)}`
    )
  ]
}
