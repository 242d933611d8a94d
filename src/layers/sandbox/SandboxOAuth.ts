/** The sandbox's authorization server. */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Principal } from "./SandboxAuth.ts"
import type { SandboxData } from "./SandboxData.ts"
import { failure, type RecordedRequest, type Reply } from "./SandboxReply.ts"

export interface SandboxOAuthOptions {
  /** How long an access token lives: 3600 s. */
  readonly accessTokenTtlSeconds?: number
}

export interface SandboxOAuth {
  readonly handle: (request: RecordedRequest) => Effect.Effect<Reply>
  /** Who an access token was issued to. */
  readonly identify: (token: string) => Effect.Effect<Principal | undefined>
}

/** The server could not be started, usually because `oidc-provider` is not installed. */
export class OAuthUnavailable extends Data.TaggedError("OAuthUnavailable")<{ readonly message: string }> {}

export const absent: SandboxOAuth = {
  handle: () =>
    Effect.succeed(failure(501, "The sandbox's OAuth server needs oidc-provider: npm install oidc-provider")),
  identify: () => Effect.succeed(undefined)
}

export const make = (
  _origin: string,
  _data: SandboxData,
  _options: SandboxOAuthOptions
): Effect.Effect<SandboxOAuth, OAuthUnavailable, Scope.Scope> => Effect.succeed(absent)
