import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { Account } from "../../domain/account/Account.ts"
import type { ActiveSession } from "../../domain/session/SavedSession.ts"
import * as Config from "../../domain/config/ConfigDocument.ts"
import * as Edits from "../../domain/config/ConfigEdits.ts"
import type { ConfigError, EditError, LockError } from "../../domain/errors.ts"
import type { ProjectId, WorkspaceId } from "../../domain/account/identifiers.ts"
import { ConfigStore } from "./ConfigStore.ts"
import type { StorageError } from "../../domain/storage/StorageError.ts"

export interface ForAccount {
  readonly account?: string | undefined
}

/**
 * The `[active]` block of the configuration: account and workspace that count where nothing else is said.
 *
 * @example
 * ```ts
 * const used = Effect.flatMap(ActiveSessions, (active) => active.useProject(ProjectId.make("3018488")))
 * ```
 * @since 0.1.0
 * @category services
 */
export class ActiveSessions extends Context.Tag("effect-mixpanel/ActiveSessions")<
  ActiveSessions,
  {
    /** The `[active]` block as it is. */
    readonly get: Effect.Effect<ActiveSession, ConfigError | StorageError>
    /** Changes any of the axes in one write; moving to another account or project clears the workspace. */
    readonly use: (change: Edits.SessionChange) => Effect.Effect<void, EditError | LockError>
    /** Sets the default project of the active account, or of the one named. */
    readonly useProject: (project: ProjectId, options?: ForAccount) => Effect.Effect<Account, EditError | LockError>
    /** Pins a workspace for the active account. */
    readonly useWorkspace: (
      workspace: WorkspaceId,
      options?: ForAccount
    ) => Effect.Effect<WorkspaceId, EditError | LockError>
    /** Unpins the workspace; `false` where none was pinned. */
    readonly unsetWorkspace: Effect.Effect<boolean, EditError | LockError>
  }
>() {}

export const make = Effect.map(ConfigStore, (store) => {
  const named = (options?: ForAccount) => Option.fromNullable(options?.account)
  return ActiveSessions.of({
    get: Effect.flatMap(store.get, Config.active),
    use: (change) => store.modify(Edits.applySession(change)),
    useProject: (project, options) => store.modify(Edits.useProject(project, named(options))),
    unsetWorkspace: store.modify(Edits.unsetWorkspace),
    useWorkspace: (workspace, options) => store.modify(Edits.useWorkspace(workspace, named(options)))
  })
})

/**
 * `ActiveSessions` over the configuration.
 *
 * @example
 * ```ts
 * const activeSessions = Layers.activeSessions.pipe(Layer.provide(layer))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<ActiveSessions, never, ConfigStore> = Layer.effect(ActiveSessions, make)
