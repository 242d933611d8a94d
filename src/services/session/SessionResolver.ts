import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { ConfigError, type InvalidArgument, type ResolutionError } from "../../domain/errors.ts"
import { type Resolution, resolve, toSession } from "../../domain/session/Resolution.ts"
import type { Session } from "../../domain/session/Session.ts"
import { type SessionRequest, toOverrides } from "../../domain/session/SessionRequest.ts"
import { Bridge } from "../bridge/Bridge.ts"
import { ConfigStore } from "../config/ConfigStore.ts"
import { environment } from "../platform/environment.ts"
import { Locations } from "../platform/Locations.ts"
import { directorySources } from "./directorySources.ts"
import type { StorageError } from "../../domain/storage/StorageError.ts"

/**
 * Says who calls and what about, from variables, flags, bridge, directory and configuration.
 * @since 0.1.0
 * @category services
 */
export class SessionResolver extends Context.Tag("effect-mixpanel/SessionResolver")<
  SessionResolver,
  {
    /** The outcome of every axis with its provenance; each axis may have failed on its own. */
    readonly inspect: (
      request?: SessionRequest
    ) => Effect.Effect<Resolution, ConfigError | InvalidArgument | StorageError>
    /**
     * The session that a call made now would use. Variables and files are read at this moment.
     *
     * @example
     * ```ts
     * const session = yield* SessionResolver.pipe(Effect.flatMap((resolver) => resolver.session({ project: "3713224" })))
     * ```
     */
    readonly session: (request?: SessionRequest) => Effect.Effect<Session, ResolutionError>
  }
>() {}

export const make = Effect.gen(function* () {
  const store = yield* ConfigStore
  const bridges = yield* Bridge
  const locations = yield* Locations

  const inspect = (request: SessionRequest = {}) =>
    Effect.gen(function* () {
      const overrides = yield* toOverrides(request)
      const found = yield* environment
      const env = request.environmentCredentials === false ? { ...found, ...noCredentials } : found
      const { document: config, homeless } = yield* store.known
      const bridgeSources = yield* Effect.mapError(bridges.sources, ConfigError.fromFile)
      const directories = yield* directorySources(config, locations)
      const resolution = resolve({ overrides, environment: env, config, bridges: bridgeSources, directories })
      // What was not found may stand in the configuration that nobody could look for.
      const identity = Either.mapLeft(resolution.identity, (error) =>
        isMissing(error) ? Option.getOrElse(homeless, () => error) : error
      )
      return { ...resolution, identity }
    })

  return SessionResolver.of({
    inspect: (request) => Effect.withSpan(inspect(request), "SessionResolver.inspect", { captureStackTrace: false }),
    session: (request) =>
      Effect.withSpan(Effect.flatMap(inspect(request), toSession), "SessionResolver.session", {
        captureStackTrace: false
      })
  })
})

const noCredentials = { username: Option.none(), secret: Option.none(), oauthToken: Option.none() }

const isMissing = ({ _tag }: ResolutionError): boolean =>
  _tag === "NoAccount" || _tag === "AccountNotFound" || _tag === "TargetNotFound"

/**
 * `SessionResolver` over configuration, bridges and directories.
 *
 * @example
 * ```ts
 * const sessionResolver = Layers.sessionResolver.pipe(Layer.provide(layer))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<SessionResolver, never, ConfigStore | Bridge | Locations> = Layer.effect(
  SessionResolver,
  make
)
