import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { type ProjectSettings as ProjectKeys, projectSettings } from "../../domain/config/ConfigDocument.ts"
import { secretOf } from "../../domain/session/Environment.ts"
import type { ConfigError } from "../../domain/errors.ts"
import type { ProjectId } from "../../domain/account/identifiers.ts"
import { ConfigStore } from "../config/ConfigStore.ts"
import { variable } from "../platform/environment.ts"
import type { StorageError } from "../../domain/storage/StorageError.ts"

/**
 * Secrets and tokens of projects that this machine holds.
 *
 * @example
 * ```ts
 * const keys = Effect.flatMap(ProjectCredentials, (credentials) => credentials.forProject(ProjectId.make("3018488")))
 * ```
 * @since 0.1.0
 * @category services
 */
export class ProjectCredentials extends Context.Tag("effect-mixpanel/ProjectCredentials")<
  ProjectCredentials,
  {
    /**
     * `MP_PROJECT_SECRET` and `MP_PROJECT_TOKEN`, else `[settings.projects.ID]` (`secret`, `token`), else
     * `[settings]` (`project_secret`, `project_token`).
     */
    readonly forProject: (project: ProjectId) => Effect.Effect<ProjectKeys, ConfigError | StorageError>
  }
>() {}

export const make = Effect.gen(function* () {
  const store = yield* ConfigStore
  return ProjectCredentials.of({
    forProject: Effect.fn("ProjectCredentials.forProject")(function* (project) {
      const fromEnvironment = yield* Effect.all({
        secret: redacted("MP_PROJECT_SECRET"),
        token: redacted("MP_PROJECT_TOKEN")
      })
      const { document } = yield* store.known
      const settings = yield* projectSettings(document, project)
      return {
        secret: Option.orElse(fromEnvironment.secret, () => settings.secret),
        token: Option.orElse(fromEnvironment.token, () => settings.token)
      }
    })
  })
})

const redacted = (name: string) =>
  Effect.flatMap(
    variable(name),
    Either.transposeMapOption((text) => secretOf(name, text))
  )

/**
 * `ProjectCredentials` over variables and configuration.
 *
 * @example
 * ```ts
 * const projectCredentials = Layers.projectCredentials.pipe(Layer.provide(layer))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<ProjectCredentials, never, ConfigStore> = Layer.effect(ProjectCredentials, make)
