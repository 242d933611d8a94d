import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import {
  readBridge,
  type BridgeSource,
  type BridgeSources,
  type LoadedBridge,
  noBridges
} from "../../domain/session/BridgeFile.ts"
import { command } from "../../domain/hints/Command.ts"
import { ConfigError, type FileError } from "../../domain/errors.ts"
import { waysOut } from "../../domain/hints/waysOut.ts"
import { CredentialFiles } from "../platform/CredentialFiles.ts"
import { type BridgeSearch, Locations } from "../platform/Locations.ts"

/**
 * The bridge files in sight, read when they are asked for.
 *
 * @example
 * ```ts
 * const found = Effect.flatMap(Bridge, (bridge) => bridge.find)
 * ```
 * @since 0.1.0
 * @category services
 */
export class Bridge extends Context.Tag("effect-mixpanel/Bridge")<
  Bridge,
  {
    /** The bridges that are there, sound or not. With `MP_AUTH_FILE` no other one is looked at. */
    readonly sources: Effect.Effect<BridgeSources, FileError>
    /** The first of them, which must be sound: the one that an account with the origin `bridge` comes from. */
    readonly find: Effect.Effect<Option.Option<LoadedBridge>, ConfigError>
  }
>() {}

export const make = Effect.gen(function* () {
  const files = yield* CredentialFiles
  const locations = yield* Locations

  const load = (path: string): Effect.Effect<Option.Option<BridgeSource>> =>
    Effect.match(files.read(path), {
      onFailure: (error) => Option.some({ path, content: Either.left(unreadable(path, error, locations)) }),
      onSuccess: Option.map((text) => ({ path, content: Either.map(decode(path, text), ({ file }) => file) }))
    })

  const named = (path: string): Effect.Effect<BridgeSources> =>
    Effect.map(load(path), (chosen) => ({
      ...noBridges,
      chosen,
      missing: Option.isSome(chosen) ? Option.none() : Option.some(path)
    }))

  const loadFrom = Option.match({ onNone: () => Effect.succeedNone, onSome: load })

  const searched = ({ home, workingDirectory }: BridgeSearch): Effect.Effect<BridgeSources> =>
    Effect.zipWith(loadFrom(home), loadFrom(workingDirectory), (chosen, here) => ({ ...noBridges, chosen, here }))

  const sources = Effect.flatMap(locations.bridge, (search) =>
    Option.match(search.explicit, { onNone: () => searched(search), onSome: named })
  )

  return Bridge.of({
    sources,
    find: Effect.flatMap(Effect.mapError(sources, ConfigError.fromFile), ({ chosen, here }) =>
      Effect.transposeMapOption(
        Option.orElse(chosen, () => here),
        ({ content, path }) => Effect.map(content, (file) => ({ path, file }))
      )
    )
  })
})

/** Nobody is advised to make usable what lies in the working directory: it may be somebody else's. */
const unreadable = (path: string, error: FileError, locations: Locations["Type"]): ConfigError => {
  if (!locations.inWorkingDirectory(path)) return ConfigError.fromFile(waysOut("MP_AUTH_FILE", path)(error))
  const { details, message } = error
  return new ConfigError({ message, hints: [command`unset MP_AUTH_FILE`], details })
}

export const decode = (path: string, text: string): Either.Either<LoadedBridge, ConfigError> =>
  Either.mapBoth(readBridge(text), {
    onLeft: (why) => unusable(path, why),
    onRight: (file) => ({ path, file })
  })

const unusable = (path: string, why: string) =>
  new ConfigError({
    message: `The bridge ${path} cannot be used: ${why}.`,
    hints: [command`mv ${path} ${`${path}.aside`}`, command`mp account export-bridge --to ${path}`],
    details: { path }
  })

/**
 * `Bridge` over files.
 *
 * @example
 * ```ts
 * const bridge = Layers.bridge.pipe(Layer.provide(layer))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<Bridge, never, CredentialFiles | Locations> = Layer.effect(Bridge, make)
