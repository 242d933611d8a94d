/** Accounts that live in the environment alone: all four variables of a service account, or all three of a bearer. */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { type Account, OAuthTokenAccount, ServiceAccount } from "../account/Account.ts"
import type { Environment } from "./Environment.ts"
import { AccountName } from "../account/identifiers.ts"
import { lazy } from "../internal/lazy.ts"

/** A credential of which the environment holds at least a part. */
export interface EnvironmentCredential {
  /** The name under which the account is shown. */
  readonly name: string
  /** The variables that it is made of, as far as they are set. */
  readonly origin: string
  /** The account, or which variables are missing. */
  readonly credential: Either.Either<Account, string>
}

const serviceName = lazy(() => AccountName.make("env-service-account"))
const bearerName = lazy(() => AccountName.make("env-oauth-token"))

/** The credentials of the environment, the stronger first; whole or in part. */
export const environmentCredentials = (environment: Environment): ReadonlyArray<EnvironmentCredential> => [
  ...serviceCredential(environment),
  ...bearerCredential(environment)
]

/** A line for each credential that is not used because a part of it is missing, unless a stronger one is whole. */
export const unusedCredentials = (environment: Environment): ReadonlyArray<string> => {
  const found = environmentCredentials(environment)
  const whole = found.findIndex(({ credential }) => Either.isRight(credential))
  const relevant = whole === -1 ? found : found.slice(0, whole)
  return relevant.flatMap(({ credential, origin }) =>
    Either.isLeft(credential) ? [`${origin} ${origin.includes(",") ? "are" : "is"} not used: ${credential.left}.`] : []
  )
}

const serviceCredential = (environment: Environment): ReadonlyArray<EnvironmentCredential> => {
  const { projectId, region, secret, username } = environment
  const own = { MP_USERNAME: username, MP_SECRET: secret }
  return credential(serviceName, own, environment, () =>
    Option.map(
      Option.all({ username, secret, region, projectId }),
      ({ projectId, ...all }) =>
        new ServiceAccount({ name: serviceName(), ...all, defaultProject: Option.some(projectId) })
    )
  )
}

const bearerCredential = (environment: Environment): ReadonlyArray<EnvironmentCredential> => {
  const { oauthToken, projectId, region } = environment
  return credential(bearerName, { MP_OAUTH_TOKEN: oauthToken }, environment, () =>
    Option.map(
      Option.all({ oauthToken, region, projectId }),
      (all) =>
        new OAuthTokenAccount({
          name: bearerName(),
          region: all.region,
          token: Option.some(all.oauthToken),
          defaultProject: Option.some(all.projectId)
        })
    )
  )
}

type Variables = Readonly<Record<string, Option.Option<unknown>>>

const credential = (
  name: () => string,
  own: Variables,
  environment: Environment,
  make: () => Option.Option<Account>
): ReadonlyArray<EnvironmentCredential> => {
  if (names(own, Option.isSome).length === 0) return []
  const all = { ...own, MP_PROJECT_ID: environment.projectId, MP_REGION: environment.region }
  const missing = names(all, Option.isNone)
  const why = `${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} not set`
  const origin = names(missing.length === 0 ? all : own, Option.isSome).join(", ")
  return [{ name: name(), origin, credential: Either.fromOption(make(), () => why) }]
}

const names = (variables: Variables, keep: (value: Option.Option<unknown>) => boolean): ReadonlyArray<string> =>
  Object.keys(variables).filter((name) => keep(variables[name] ?? Option.none()))
