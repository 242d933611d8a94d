/** What the environment says about sessions and hosts, decoded from a handful of variables. */
import { type Command, command } from "../hints/Command.ts"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { type EndpointOverrides, parseBaseUrl } from "../api/Endpoints.ts"
import { ConfigError } from "../errors.ts"
import { HeaderName, HeaderValue } from "../api/headers.ts"
import { ProjectId, parse, parseWorkspaceId, Region, type WorkspaceId } from "../account/identifiers.ts"
import { lazy } from "../internal/lazy.ts"

/** Reads one variable; an empty one counts as unset. */
export type ReadVariable = (name: string) => Option.Option<string>

/** The variables of the resolver, checked. */
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

/** An environment that says nothing. */
export const emptyEnvironment: Environment = {
  username: Option.none(),
  secret: Option.none(),
  oauthToken: Option.none(),
  region: Option.none(),
  projectId: Option.none(),
  workspaceId: Option.none(),
  customHeader: Option.none()
}

/** The variables that `parseEnvironment` looks at. */
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

/** The variables that `parseEndpointOverrides` looks at. */
export const addressVariables = ["MP_API_BASE_URL", "MP_APP_BASE_URL"] as const

/** All of them. */
export const environmentVariables = [...sessionVariables, ...addressVariables] as const

/** Decodes the resolver's variables. A malformed one is a `ConfigError` that names it. */
export const parseEnvironment = (read: ReadVariable): Either.Either<Environment, ConfigError> =>
  Either.gen(function* () {
    return {
      username: read("MP_USERNAME"),
      secret: Option.map(read("MP_SECRET"), Redacted.make),
      oauthToken: Option.map(read("MP_OAUTH_TOKEN"), Redacted.make),
      region: yield* checked(read, "MP_REGION", parse(Region), "us"),
      projectId: yield* checked(read, "MP_PROJECT_ID", parse(ProjectId), "3713224"),
      workspaceId: yield* checked(read, "MP_WORKSPACE_ID", parseWorkspaceId, "3448414"),
      customHeader: yield* customHeader(read)
    }
  })

/** Decodes the variables that re-home the API. */
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
    Either.mapLeft(
      parseValue(text),
      (message) =>
        new ConfigError({
          message: `${variable} ${message}.`,
          hints: [command`unset ${variable}`, command`export ${variable}=${example}`],
          details: { variable }
        })
    )
  )

const customHeader = (read: ReadVariable): Either.Either<Option.Option<CustomHeader>, ConfigError> =>
  traverse(Option.all([read("MP_CUSTOM_HEADER_NAME"), read("MP_CUSTOM_HEADER_VALUE")]), ([name, value]) =>
    parseCustomHeader(
      name,
      value,
      "MP_CUSTOM_HEADER_NAME and MP_CUSTOM_HEADER_VALUE",
      command`unset MP_CUSTOM_HEADER_NAME`
    )
  )

/** Checks a header given by name and value; `source` and `fix` go into the error. */
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

const traverse = <A, B, E>(
  option: Option.Option<A>,
  f: (a: A) => Either.Either<B, E>
): Either.Either<Option.Option<B>, E> =>
  Option.match(option, { onNone: () => Either.right(Option.none()), onSome: (a) => Either.map(f(a), Option.some) })
