/** The configuration file as a service: read it, or change it in one locked, verified, atomic step. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Config from "../../domain/config/ConfigDocument.ts"
import type { ConfigSource } from "../../domain/config/checkConfig.ts"
import { bytesOf, maxConfigBytes, maxShrunkBytes, waysToShrink } from "../../domain/config/configSize.ts"
import type { Edit } from "../../domain/config/ConfigEdits.ts"
import { ConfigError, type EditError, FileError, type LockError } from "../../domain/errors.ts"
import { CredentialFiles } from "../platform/CredentialFiles.ts"
import { variable } from "../platform/environment.ts"
import { waysOut } from "../../domain/hints/waysOut.ts"
import { Locations } from "../platform/Locations.ts"

/** The configuration, or why there can be none. */
export interface KnownConfig {
  readonly document: Config.ConfigDocument
  /** Set where the user has no home directory: then the document is empty. */
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
    readonly get: Effect.Effect<Config.ConfigDocument, ConfigError>
    /** The same for those who can do without, as with credentials from the environment. */
    readonly known: Effect.Effect<KnownConfig, ConfigError>
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
  const parse = rememberingTheLast()

  const readText = (path: string) =>
    Effect.catchAll(files.read(path), (error) => Effect.flatMap(ledOut(path, error), Effect.fail))

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

  /** Of a file that is too large, for those who make it smaller. */
  const readLarge = (path: string): Effect.Effect<Config.ConfigDocument, ConfigError> =>
    files.read(path, { maxBytes: maxShrunkBytes }).pipe(
      Effect.mapError((error) => ConfigError.fromFile(waysOut("MP_CONFIG_PATH", path)(error))),
      Effect.flatMap(
        Option.match({ onNone: () => Effect.succeed(Config.empty(path)), onSome: (text) => parse(path, text) })
      )
    )

  const read = (path: string): Effect.Effect<Config.ConfigDocument, ConfigError> =>
    readText(path).pipe(
      Effect.mapError(ConfigError.fromFile),
      Effect.flatMap(
        Option.match({ onNone: () => Effect.succeed(Config.empty(path)), onSome: (text) => parse(path, text) })
      )
    )

  const change = <A>(path: string, edit: Edit<A>) =>
    Effect.gen(function* () {
      const before = yield* readLarge(path)
      const { document, result } = yield* edit(before)
      if (document.toml.text === before.toml.text) return result
      yield* Config.verified(document)
      // What is too large already may become smaller, and nothing else.
      yield* files.write(path, document.toml.text, {
        maxBytes: Math.max(maxConfigBytes, bytesOf(before.toml.text) - 1)
      })
      return result
    })

  const known = Effect.matchEffect(locations.config, {
    onFailure: (error) =>
      error.problem === "no_home"
        ? Effect.succeed({ document: Config.empty(error.path), homeless: Option.some(ConfigError.fromFile(error)) })
        : Effect.fail(ConfigError.fromFile(error)),
    onSuccess: (path) => Effect.map(read(path), (document) => ({ document, homeless: Option.none() }))
  })

  return ConfigStore.of({
    path: locations.config,
    known,
    source: Effect.gen(function* () {
      const named = Option.isSome(yield* variable("MP_CONFIG_PATH"))
      const path = yield* Effect.either(locations.config)
      if (Either.isLeft(path)) return { path: path.left.path, named, content: Either.left(path.left) }
      return { path: path.right, named, content: yield* Effect.either(readText(path.right)) }
    }),
    get: Effect.flatMap(Effect.mapError(locations.config, ConfigError.fromFile), read),
    modify: (edit) =>
      Effect.flatMap(locations.config, (path) =>
        Effect.catchTag(
          files.withLock(path)(() => change(path, edit)),
          "FileError",
          (error) => Effect.flatMap(ledOut(path, error), Effect.fail)
        )
      ).pipe(Effect.catchTag("FileError", (error) => Effect.fail(ConfigError.fromFile(error))))
  })
})

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
 * `ConfigStore` over a file.
 *
 * @example
 * ```ts
 * const configStore = Layers.configStore.pipe(Layer.provide(layer))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<ConfigStore, never, CredentialFiles | Locations> = Layer.effect(ConfigStore, make)
