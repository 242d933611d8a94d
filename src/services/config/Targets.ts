import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Config from "../../domain/config/ConfigDocument.ts"
import * as Edits from "../../domain/config/ConfigEdits.ts"
import { targetNamed } from "../../domain/config/named.ts"
import type { ConfigError, EditError, LockError, TargetNotFound } from "../../domain/errors.ts"
import type { Target } from "../../domain/session/SavedSession.ts"
import { ConfigStore } from "./ConfigStore.ts"
import type { StorageError } from "../../domain/storage/StorageError.ts"

/**
 * Saved combinations of account, project and workspace.
 *
 * @example
 * ```ts
 * const target = Effect.flatMap(Targets, (targets) => targets.use("ecom"))
 * ```
 * @since 0.1.0
 * @category services
 */
export class Targets extends Context.Tag("effect-mixpanel/Targets")<
  Targets,
  {
    /** All targets, sorted by name; a broken block is listed as broken. */
    readonly list: Effect.Effect<ReadonlyArray<Config.Named<Target>>, ConfigError | StorageError>
    /** One of them, by its name. */
    readonly show: (name: string) => Effect.Effect<Target, TargetNotFound | ConfigError | StorageError>
    /** Saves a target; its account must be configured. */
    readonly add: (target: Target) => Effect.Effect<Target, EditError | LockError>
    /** Removes one; the answer is its name. */
    readonly remove: (name: string) => Effect.Effect<string, EditError | LockError>
    /** Makes the target's account, project and workspace the persisted session, in one write. */
    readonly use: (name: string) => Effect.Effect<Target, EditError | LockError>
  }
>() {}

export const make = Effect.gen(function* () {
  const store = yield* ConfigStore

  return Targets.of({
    list: Effect.flatMap(store.get, (config) =>
      Effect.map(Config.section(config, "targets"), () => Config.targets(config))
    ),
    show: (name) => Effect.flatMap(store.get, (config) => targetNamed(config, name)),
    add: (target) => store.modify(Edits.addTarget(target)),
    remove: (name) => store.modify(Edits.removeTarget(name)),
    use: (name) => store.modify(Edits.useTarget(name))
  })
})

/**
 * `Targets` over the configuration.
 *
 * @example
 * ```ts
 * const targets = Layers.targets.pipe(Layer.provide(layer))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<Targets, never, ConfigStore> = Layer.effect(Targets, make)
