/**
 * The OAuth side of browser accounts: log in (RFC 6749 with PKCE, RFC 7636, over loopback, RFC 8252), refresh,
 * revoke (RFC 7009), register clients (RFC 7591).
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import type { ConfigError } from "../../domain/errors.ts"
import type { ClaimError, StoringError } from "../../domain/storage/StorageError.ts"
import type { Region } from "../../domain/account/identifiers.ts"
import type { LoginError, OAuthRequestFailed } from "../../domain/oauth/OAuthError.ts"
import type { OAuthTokens } from "../../domain/oauth/OAuthTokens.ts"
import type { MintedElsewhere } from "../../domain/oauth/AuthorizationServer.ts"
import type { PendingLogin } from "../../domain/oauth/PendingLogin.ts"
import type { FinishError, StartedLogin, StartError, StartRequest } from "./authorization.ts"
import type { LoginRequest } from "./LoginRequest.ts"

/**
 * The requests and redirects by which tokens are had, refreshed and given up.
 * @since 0.1.0
 * @category services
 */
export class OAuthFlow extends Context.Tag("effect-mixpanel/OAuthFlow")<
  OAuthFlow,
  {
    /**
     * Begins a login whose redirect an app receives itself: registers a client where none is known for the redirect URI,
     * which is `https:` or on the loopback interface (`InvalidArgument` else).
     * Send the person to `url`, keep `pending`, and give both it and the address that they come back to to `finish`.
     *
     * @example
     * ```ts
     * const { pending, url } = yield* flow.start({ region: "us", redirectUri: "https://app.example/callback" })
     * ```
     */
    readonly start: (request: StartRequest) => Effect.Effect<StartedLogin, StartError>
    /**
     * The tokens of a login, from the address that the browser was sent back to, on any replica. A `state` that is
     * missing, another one or doubled, and an `iss` that is not the region's issuer, are an `OAuthStateMismatch`; an
     * answer that denies is an `OAuthAuthDenied`; a login that was begun more than an hour ago is an `OAuthTimeout`.
     */
    readonly finish: (pending: PendingLogin, callbackUrl: string | URL) => Effect.Effect<OAuthTokens, FinishError>
    /**
     * A whole login: registers a client where needed, waits for the redirect or a paste (whichever comes
     * first), exchanges the code and has the tokens kept. Ports, sockets and terminal are released however it ends.
     */
    readonly login: (request: LoginRequest) => Effect.Effect<OAuthTokens, LoginError | StoringError | ConfigError>
    /**
     * Spends the refresh token (RFC 6749, section 6), at the origin that minted it and at no other. The caller holds
     * the account's lock, has a place for the answer, and does not let itself be interrupted between this and storing
     * it. `beforeSending` is the last thing done before the request: what it fails with, nothing was spent.
     */
    readonly refresh: (
      region: Region,
      tokens: OAuthTokens,
      beforeSending: Effect.Effect<void, ClaimError>
    ) => Effect.Effect<OAuthTokens, OAuthRequestFailed | MintedElsewhere | ConfigError | ClaimError>
    /** Asks `/me` whom a bearer belongs to; `None` where the server does not take it or names nobody. */
    readonly whoIs: (
      region: Region,
      token: Redacted.Redacted
    ) => Effect.Effect<Option.Option<number>, OAuthRequestFailed | ConfigError>
    /** Revokes both tokens at the server that minted them, and at no other. */
    readonly revoke: (
      region: Region,
      tokens: OAuthTokens
    ) => Effect.Effect<void, OAuthRequestFailed | MintedElsewhere | StoringError | ConfigError>
  }
>() {}
