/** The credentials that belong to a project rather than to an account. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import type { ConfigError } from "../domain/errors.ts"
import type { ProjectId } from "../domain/identifiers.ts"

/** The project's API secret and its ingestion token, where they are known. */
export interface ProjectKeys {
  readonly secret: Option.Option<Redacted.Redacted>
  readonly token: Option.Option<Redacted.Redacted>
}

export class ProjectCredentials extends Context.Tag("effect-mixpanel/ProjectCredentials")<
  ProjectCredentials,
  {
    /**
     * `MP_PROJECT_SECRET` and `MP_PROJECT_TOKEN`, else `[settings.projects.ID]` (`secret`, `token`), else
     * `[settings]` (`project_secret`, `project_token`).
     */
    readonly forProject: (project: ProjectId) => Effect.Effect<ProjectKeys, ConfigError>
  }
>() {}
