/** An HTTP client that acts for a session: right host, right credential, retries, typed errors. */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { ApiError } from "../domain/ApiError.ts"
import type { ApiFamily } from "../domain/Endpoints.ts"
import type { ConfigError, FileError, LockTimeout } from "../domain/errors.ts"
import type { OAuthError } from "../domain/OAuthError.ts"
import type { Session } from "../domain/Session.ts"

/** Everything that a request through this client can fail with. */
export type RequestError = ApiError | OAuthError | ConfigError | FileError | LockTimeout

export class MixpanelHttpClient extends Context.Tag("effect-mixpanel/MixpanelHttpClient")<
  MixpanelHttpClient,
  {
    /**
     * A client for one API family on behalf of a session. A request's URL is relative to the family's
     * base (`/segmentation`), or absolute on one of the region's own origins. Connections are shared by
     * all clients, whatever their session.
     */
    readonly forSession: (
      session: Session,
      family: ApiFamily
    ) => Effect.Effect<HttpClient.HttpClient.With<RequestError>, ConfigError>
  }
>() {}
