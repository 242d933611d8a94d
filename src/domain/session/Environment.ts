import { type Command, command } from "../hints/Command.ts"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { type Account, OAuthTokenAccount, ServiceAccount } from "../account/Account.ts"
import { parseSecret, parseUsername } from "../account/credentialText.ts"
import { type EndpointOverrides, parseBaseUrl } from "../api/Endpoints.ts"
import { ConfigError } from "../errors.ts"
import { HeaderName, HeaderValue } from "./SessionHeaders.ts"
import { AccountName, ProjectId, parse, parseWorkspaceId, Region, type WorkspaceId } from "../account/identifiers.ts"
import { lazy } from "../internal/lazy.ts"

/** Reads one variable; an empty one counts as unset. */
export type ReadVariable = (name: string) => Option.Option<string>

export interface Environment {
  readonly username: Option.Option<string>
  readonly secret: Option.Option<Redacted.Redacted>
  readonly oauthToken: Option.Option<Redacted.Redacted>
  readonly region: Option.Option<Region>
  readonly projectId: Option.Option<ProjectId>
  readonly workspaceId: Option.Option<WorkspaceId>
  readonly customHeader: Option.Option<CustomHeader>
}

/** One extra request header; its value is treated as a secret. */
export interface CustomHeader {
  readonly name: string
  readonly value: Redacted.Redacted
}

export const emptyEnvironment: Environment = {
  username: Option.none(),
  secret: Option.none(),
  oauthToken: Option.none(),
  region: Option.none(),
  projectId: Option.none(),
  workspaceId: Option.none(),
  customHeader: Option.none()
}

export const sessionVariables = [
  "MP_USERNAME",
  "MP_SECRET",
  "MP_OAUTH_TOKEN",
  "MP_REGION",
  "MP_PROJECT_ID",
  "MP_WORKSPACE_ID",
  "MP_CUSTOM_HEADER_NAME",
  "MP_CUSTOM_HEADER_VALUE"
] as const

export const addressVariables = ["MP_API_BASE_URL", "MP_APP_BASE_URL"] as const

export const environmentVariables = [...sessionVariables, ...addressVariables] as const

/** Decodes the resolver's variables. A malformed one is a `ConfigError` that names it. */
export const parseEnvironment = (read: ReadVariable): Either.Either<Environment, ConfigError> =>
  Either.gen(function* () {
    return {
      username: yield* checked(read, "MP_USERNAME", parseUsername, "USER"),
      secret: yield* traverse(read("MP_SECRET"), (text) => secretOf("MP_SECRET", text)),
      oauthToken: yield* traverse(read("MP_OAUTH_TOKEN"), (text) => secretOf("MP_OAUTH_TOKEN", text)),
      region: yield* checked(read, "MP_REGION", parse(Region), "us"),
      projectId: yield* checked(read, "MP_PROJECT_ID", parse(ProjectId), "3713224"),
      workspaceId: yield* checked(read, "MP_WORKSPACE_ID", parseWorkspaceId, "3448414"),
      customHeader: yield* customHeader(read)
    }
  })

export const parseEndpointOverrides = (read: ReadVariable): Either.Either<EndpointOverrides, ConfigError> =>
  Either.gen(function* () {
    return {
      api: yield* traverse(read("MP_API_BASE_URL"), (text) => parseBaseUrl("MP_API_BASE_URL", text)),
      app: yield* traverse(read("MP_APP_BASE_URL"), (text) => parseBaseUrl("MP_APP_BASE_URL", text))
    }
  })

const checked = <A>(
  read: ReadVariable,
  variable: string,
  parseValue: (text: string) => Either.Either<A, string>,
  example: string
): Either.Either<Option.Option<A>, ConfigError> =>
  traverse(read(variable), (text) =>
    Either.mapLeft(parseValue(text), (message) => malformed(variable, message, command`export ${variable}=${example}`))
  )

export const secretOf = (variable: string, text: string): Either.Either<Redacted.Redacted, ConfigError> =>
  Either.mapLeft(parseSecret(text), (message) => malformed(variable, message, command`export ${variable}="$SECRET"`))

const malformed = (variable: string, message: string, anew: Command): ConfigError =>
  new ConfigError({
    message: `${variable} ${message}.`,
    hints: [command`unset ${variable}`, anew],
    details: { variable }
  })

const customHeader = (read: ReadVariable): Either.Either<Option.Option<CustomHeader>, ConfigError> =>
  traverse(Option.all([read("MP_CUSTOM_HEADER_NAME"), read("MP_CUSTOM_HEADER_VALUE")]), ([name, value]) =>
    parseCustomHeader(
      name,
      value,
      "MP_CUSTOM_HEADER_NAME and MP_CUSTOM_HEADER_VALUE",
      command`unset MP_CUSTOM_HEADER_NAME`
    )
  )

export const parseCustomHeader = (
  name: string,
  value: string,
  source: string,
  fix: Command
): Either.Either<CustomHeader, ConfigError> =>
  isHeaderName()(name) && isHeaderValue()(value)
    ? Either.right({ name, value: Redacted.make(value) })
    : Either.left(
        new ConfigError({
          message: `${source} must give an HTTP header name and a single line of text.`,
          hints: [fix],
          details: { source }
        })
      )

const isHeaderName = lazy(() => Schema.is(HeaderName))
const isHeaderValue = lazy(() => Schema.is(HeaderValue))

const traverse = <A, B, E>(option: Option.Option<A>, f: (a: A) => Either.Either<B, E>) =>
  Option.match(option, { onNone: () => Either.right(Option.none()), onSome: (a) => Either.map(f(a), Option.some) })

export interface EnvironmentCredential {
  readonly name: string
  readonly origin: string
  readonly credential: Either.Either<Account, string>
}

/** The accounts that live in the environment alone, the stronger first: whole with a project and a region, or in part. */
export const environmentCredentials = (environment: Environment): ReadonlyArray<EnvironmentCredential> => {
  const { oauthToken, projectId, region, secret, username } = environment
  const place = { MP_PROJECT_ID: projectId, MP_REGION: region }
  const common = Option.map(Option.all({ projectId, region }), (all) => ({
    region: all.region,
    defaultProject: Option.some(all.projectId)
  }))
  return [
    ...credential("env-service-account", { MP_USERNAME: username, MP_SECRET: secret }, place, (name) =>
      Option.map(
        Option.all({ common, secret, username }),
        (all) => new ServiceAccount({ name, ...all.common, username: all.username, secret: all.secret })
      )
    ),
    ...credential("env-oauth-token", { MP_OAUTH_TOKEN: oauthToken }, place, (name) =>
      Option.map(
        Option.all({ common, oauthToken }),
        (all) => new OAuthTokenAccount({ name, ...all.common, token: Option.some(all.oauthToken) })
      )
    )
  ]
}

/** A line for each credential that is not used because a part of it is missing, unless a stronger one is whole. */
export const unusedCredentials = (environment: Environment): ReadonlyArray<string> => {
  const found = environmentCredentials(environment)
  const whole = found.findIndex((one) => Either.isRight(one.credential))
  const relevant = whole === -1 ? found : found.slice(0, whole)
  return relevant.flatMap(({ credential: why, origin }) =>
    Either.isLeft(why) ? [`${origin} ${origin.includes(",") ? "are" : "is"} not used: ${why.left}.`] : []
  )
}

type Variables = Readonly<Record<string, Option.Option<unknown>>>

const credential = (
  name: string,
  own: Variables,
  place: Variables,
  make: (name: AccountName) => Option.Option<Account>
): ReadonlyArray<EnvironmentCredential> => {
  if (names(own, Option.isSome).length === 0) return []
  const missing = names({ ...own, ...place }, Option.isNone)
  const why = `${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} not set`
  const origin = names(missing.length === 0 ? { ...own, ...place } : own, Option.isSome).join(", ")
  return [{ name, origin, credential: Either.fromOption(make(AccountName.make(name)), () => why) }]
}

const names = (variables: Variables, keep: (value: Option.Option<unknown>) => boolean): ReadonlyArray<string> =>
  Object.keys(variables).filter((name) => keep(variables[name] ?? Option.none()))
