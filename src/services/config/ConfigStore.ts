import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Config from "../../domain/config/ConfigDocument.ts"
import type { ConfigSource } from "../../domain/config/checkConfig.ts"
import { maxShrunkBytes, waysToShrink } from "../../domain/config/configSize.ts"
import type { Edit } from "../../domain/config/ConfigEdits.ts"
import { ConfigError, type EditError, FileError, type LockError } from "../../domain/errors.ts"
import type { StorageError } from "../../domain/storage/StorageError.ts"
import { CredentialFiles } from "../platform/CredentialFiles.ts"
import { variable } from "../platform/environment.ts"
import { waysOut } from "../../domain/hints/waysOut.ts"
import { Locations } from "../platform/Locations.ts"
import { CredentialStorage } from "../storage/CredentialStorage.ts"

export interface KnownConfig {
  readonly document: Config.ConfigDocument
  readonly homeless: Option.Option<ConfigError>
}

/**
 * The configuration file: read as a whole, changed by one edit at a time under its lock.
 * @since 0.1.0
 * @category services
 */
export class ConfigStore extends Context.Tag("effect-mixpanel/ConfigStore")<
  ConfigStore,
  {
    /** The file that is in force: `MP_CONFIG_PATH`, else `~/.mp/config.toml`. */
    readonly path: Effect.Effect<string, FileError>
    /** The configuration now; without a file, an empty one. */
    readonly get: Effect.Effect<Config.ConfigDocument, ConfigError | StorageError>
    /** The same for those who can do without, as with credentials from the environment. */
    readonly known: Effect.Effect<KnownConfig, ConfigError | StorageError>
    /** The file as it is, for those that say what is wrong with it. */
    readonly source: Effect.Effect<ConfigSource>
    /**
     * Applies an edit as one transaction: lock, read, edit, verify that the new text says exactly what
     * was intended, write. Nothing is written when the edit fails or changes nothing.
     *
     * @example
     * ```ts
     * yield* store.modify(ConfigEdits.useAccount("team"))
     * ```
     */
    readonly modify: <A>(edit: Edit<A>) => Effect.Effect<A, EditError | LockError>
  }
>() {}

export const make = Effect.gen(function* () {
  const files = yield* CredentialFiles
  const locations = yield* Locations
  const storage = yield* CredentialStorage
  const parse = rememberingTheLast()
  const place = storage.describe("config")

  const readText = (path: string): Effect.Effect<Option.Option<string>, FileError | StorageError> =>
    Effect.catchAll(
      Effect.map(
        storage.get("config"),
        Option.map(({ value }) => value)
      ),
      told(path)
    )

  const told =
    (path: string) =>
    (error: StorageError): Effect.Effect<never, FileError | StorageError> =>
      error.cause?._tag === "FileError" ? Effect.flatMap(ledOut(path, error.cause), Effect.fail) : error

  /** The same error with the ways out of it. Of a file that has grown too large, they depend on what is in it. */
  const ledOut = (path: string, error: FileError): Effect.Effect<FileError> =>
    error.problem === "too_large"
      ? Effect.map(Effect.option(readLarge(path)), (large) => {
          const [fix = null, ...others] = Option.match(large, {
            onNone: () => [Config.editAt(path, 1)],
            onSome: waysToShrink
          })
          return new FileError({
            path,
            problem: error.problem,
            reason: `${error.reason}; mp account remove and mp target remove work all the same`,
            fix,
            others
          })
        })
      : Effect.succeed(waysOut("MP_CONFIG_PATH", path)(error))

  const readLarge = (path: string): Effect.Effect<Config.ConfigDocument, ConfigError> =>
    files.read(path, { maxBytes: maxShrunkBytes }).pipe(
      Effect.mapError((error) => ConfigError.fromFile(waysOut("MP_CONFIG_PATH", path)(error))),
      Effect.flatMap(
        Option.match({ onNone: () => Effect.succeed(Config.empty(path)), onSome: (text) => parse(path, text) })
      )
    )

  const documentOf = (path: string, text: Option.Option<string>) =>
    Option.match(text, { onNone: () => Effect.succeed(Config.empty(path)), onSome: (text) => parse(path, text) })

  const get = Effect.flatMap(place, (path) =>
    Effect.flatMap(Effect.mapError(readText(path), asConfig), (text) => documentOf(path, text))
  )

  const changed = <A>(path: string, edit: Edit<A>, text: Option.Option<string>) =>
    Effect.gen(function* () {
      const before = yield* documentOf(path, text)
      const { document, result } = yield* edit(before)
      const next = document.toml.text
      if (next === before.toml.text) return [result, Option.none()] as const
      yield* Config.verified(document)
      return [result, Option.some(next)] as const
    })

  const known: Effect.Effect<KnownConfig, ConfigError | StorageError> = Effect.flatMap(place, (path) =>
    Effect.matchEffect(readText(path), {
      onFailure: (error) =>
        error._tag === "FileError" && error.problem === "no_home"
          ? Effect.succeed({ document: Config.empty(path), homeless: Option.some(ConfigError.fromFile(error)) })
          : Effect.fail(asConfig(error)),
      onSuccess: (text) => Effect.map(documentOf(path, text), (document) => ({ document, homeless: Option.none() }))
    })
  )

  return ConfigStore.of({
    path: storage.isShared ? place : locations.config,
    known,
    source: Effect.gen(function* () {
      const path = yield* place
      const named = !storage.isShared && Option.isSome(yield* variable("MP_CONFIG_PATH"))
      return { path, named, content: yield* Effect.either(readText(path)) }
    }),
    get,
    modify: (edit) =>
      Effect.flatMap(place, (path) =>
        storage
          .update("config", (text) => changed(path, edit, text))
          .pipe(
            Effect.catchTag("StorageError", told(path)),
            Effect.catchTag("FileError", (error) => Effect.fail(ConfigError.fromFile(error))),
            Effect.mapError((error) => (error._tag === "StorageError" ? lockErrorOr(error) : error))
          )
      )
  })
})

const lockErrorOr = (error: StorageError): LockError | StorageError =>
  error.cause === undefined || error.cause._tag === "FileError" ? error : error.cause

const asConfig = (error: FileError | StorageError): ConfigError | StorageError =>
  error._tag === "FileError" ? ConfigError.fromFile(error) : error

/**
 * `Config.parse` that works only when the text is another one than the last time: a program that runs on reads
 * the same file again and again, and parsing is nearly all that reading a large one costs.
 */
const rememberingTheLast = (): typeof Config.parse => {
  let last: { readonly path: string; readonly text: string; readonly parsed: ReturnType<typeof Config.parse> } | null =
    null
  return (path, text) => {
    if (last !== null && last.path === path && last.text === text) return last.parsed
    // Let go of the former one first: whoever collects garbage meanwhile need not carry both.
    last = null
    const parsed = Config.parse(path, text)
    last = { path, text, parsed }
    return parsed
  }
}

/**
 * `ConfigStore` over a store of credentials.
 *
 * @example
 * ```ts
 * const configStore = Layers.configStore.pipe(Layer.provide(layer))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<ConfigStore, never, CredentialFiles | CredentialStorage | Locations> = Layer.effect(
  ConfigStore,
  make
)
