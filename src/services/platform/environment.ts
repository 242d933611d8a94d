/**
 * The one place where variables are read: through Effect's `ConfigProvider`, at the moment they are
 * needed, so that a test or an app replaces them all with `Layer.setConfigProvider`.
 */
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Context from "effect/Context"
import * as DefaultServices from "effect/DefaultServices"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { EndpointOverrides } from "../../domain/api/Endpoints.ts"
import {
  type Environment,
  addressVariables,
  parseEndpointOverrides,
  parseEnvironment,
  type ReadVariable,
  sessionVariables
} from "../../domain/session/Environment.ts"
import type { ConfigError } from "../../domain/errors.ts"

export const variable = (name: string): Effect.Effect<Option.Option<string>> =>
  Effect.configProviderWith((provider) =>
    provider === ofProcess ? Effect.sync(() => readProcess(name)) : readProvider(name)
  )

/** Effect's own provider, in force where nobody put another: it reads the variables of the process. */
const ofProcess = Context.get(DefaultServices.liveServices, ConfigProvider.ConfigProvider)

/**
 * What the provider of the process would say, without the machinery around it: 50 µs for each variable that is not set,
 * and every session asks for ten. A runtime without a process has no variables.
 */
const readProcess: ReadVariable = (name) => present(Option.fromNullable(globalThis.process?.env[name]))

const readProvider = (name: string): Effect.Effect<Option.Option<string>> =>
  Effect.map(Effect.option(Config.string(name)), present)

const present = (value: Option.Option<string>): Option.Option<string> => Option.filter(value, (text) => text !== "")

export const environment: Effect.Effect<Environment, ConfigError> = Effect.suspend(() =>
  Effect.flatMap(readAll(sessionVariables), parseEnvironment)
)

/** The addresses that replace Mixpanel's own; anything but `https:` or loopback is refused. */
export const endpointOverrides: Effect.Effect<EndpointOverrides, ConfigError> = Effect.suspend(() =>
  Effect.flatMap(readAll(addressVariables), parseEndpointOverrides)
)

export const readAll = (names: ReadonlyArray<string>): Effect.Effect<ReadVariable> =>
  Effect.configProviderWith((provider) =>
    provider === ofProcess
      ? Effect.succeed(readProcess)
      : Effect.map(
          Effect.forEach(names, (name) => Effect.map(readProvider(name), (value) => [name, value] as const)),
          (entries): ReadVariable => {
            const values = new Map<string, Option.Option<string>>(entries)
            return (name) => values.get(name) ?? Option.none()
          }
        )
  )
