import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Edits from "../../domain/config/ConfigEdits.ts"
import {
  type DirectoryChoice,
  type DirectoryRule,
  directoryRules,
  isRulePath,
  rulesNaming
} from "../../domain/config/directories.ts"
import { ConfigError, type EditError, type LockError } from "../../domain/errors.ts"
import type { StorageError } from "../../domain/storage/StorageError.ts"
import { command } from "../../domain/hints/Command.ts"
import { Locations } from "../platform/Locations.ts"
import { directorySources } from "../session/directorySources.ts"
import { ConfigStore } from "./ConfigStore.ts"

/**
 * Rules for directories. Only those of the user's own configuration count: a file in a directory decides nothing.
 *
 * @example
 * ```ts
 * const path = Effect.flatMap(Directories, (directories) => directories.useHere({ target: "acme" }))
 * ```
 * @since 0.1.0
 * @category services
 */
export class Directories extends Context.Tag("effect-mixpanel/Directories")<
  Directories,
  {
    /** All rules, in the order of the file, sound or not. */
    readonly list: Effect.Effect<ReadonlyArray<DirectoryRule>, ConfigError | StorageError>
    /** The paths of the rules that name an account or a target themselves. */
    readonly naming: (
      what: "account" | "target",
      name: string
    ) => Effect.Effect<ReadonlyArray<string>, ConfigError | StorageError>
    /** Makes one rule for the working directory, in place of those that there are; its path as it is written. */
    readonly useHere: (choice: DirectoryChoice) => Effect.Effect<string, EditError | LockError>
    /** Removes the rules for the working directory itself: their paths. */
    readonly unsetHere: Effect.Effect<ReadonlyArray<string>, EditError | LockError>
  }
>() {}

export const make = Effect.gen(function* () {
  const store = yield* ConfigStore
  const locations = yield* Locations

  const workingDirectory = Effect.flatMap(locations.workingDirectory, (found) => {
    const [path] = Option.getOrElse(found, (): ReadonlyArray<string> => [])
    if (path === undefined) return notFound
    return isRulePath(path) ? Effect.succeed(path) : notWritable(path)
  })

  const here = Effect.gen(function* () {
    const path = yield* workingDirectory
    const { places } = yield* directorySources(yield* store.get, locations)
    return { path, leadsThere: (written: string) => (places.get(written)?.path ?? written) === path }
  })

  const written = (path: string) =>
    Effect.map(locations.directory("~"), ({ path: home }) => {
      if (path === home) return "~"
      return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path
    })

  return Directories.of({
    list: Effect.map(store.get, directoryRules),
    naming: (what, name) =>
      Effect.map(store.get, (document) => rulesNaming(document, what, name).map(({ path }) => path)),
    useHere: (choice) =>
      Effect.flatMap(here, ({ leadsThere, path }) =>
        Effect.flatMap(written(path), (text) => store.modify(Edits.useInDirectory(choice, text, leadsThere)))
      ),
    unsetHere: Effect.flatMap(here, ({ leadsThere }) => store.modify(Edits.unsetInDirectory(leadsThere)))
  })
})

const notFound = new ConfigError({
  message:
    "The working directory cannot be found: it was removed, may not be read, or has too long a path. No rule can be made for it.",
  hints: [command`cd /`]
})

const notWritable = (path: string) =>
  new ConfigError({
    message: `No rule can be written for ${JSON.stringify(path)}: its path has control characters in it, or is no UTF-8. A rule for a directory above it counts in it too.`,
    hints: [command`cd ..`],
    details: { path }
  })

/**
 * `Directories` over the configuration.
 *
 * @example
 * ```ts
 * const directories = Layers.directories.pipe(Layer.provide(layer))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<Directories, never, ConfigStore | Locations> = Layer.effect(Directories, make)
