import type * as HttpClient from "@effect/platform/HttpClient"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { isRegion, type Region, regions } from "../../domain/account/identifiers.ts"
import { addressFault } from "../../domain/api/Endpoints.ts"
import { type ConfigError, InvalidArgument } from "../../domain/errors.ts"
import { authorizationUrl } from "../../domain/oauth/AuthorizationRequest.ts"
import { type ClientRegistration, mayBeOf } from "../../domain/oauth/ClientRegistration.ts"
import {
  type OAuthAuthDenied,
  OAuthExchangeError,
  type OAuthRegistrationError,
  type OAuthRequestFailed,
  OAuthStateMismatch,
  OAuthTimeout
} from "../../domain/oauth/OAuthError.ts"
import type { OAuthTokens } from "../../domain/oauth/OAuthTokens.ts"
import { PendingLogin, pendingSeconds } from "../../domain/oauth/PendingLogin.ts"
import { isUnknownClient } from "../../domain/oauth/unknownClient.ts"
import { judgeRedirect, queryOf } from "../../domain/oauth/Redirect.ts"
import type { Crypto } from "../platform/Crypto.ts"
import type { ClientStore } from "./ClientStore.ts"
import { registerClient, requestTokens, serverOf } from "./tokenRequests.ts"
import type { StoringError } from "../../domain/storage/StorageError.ts"

export interface AuthorizationDeps {
  readonly http: HttpClient.HttpClient
  readonly clients: ClientStore["Type"]
  readonly crypto: Crypto["Type"]
}

type Secrets = Pick<PendingLogin, "state" | "codeVerifier">

export const makeSecrets = ({ crypto }: AuthorizationDeps): Effect.Effect<Secrets> =>
  Effect.map(Effect.all([crypto.randomBytes(32), crypto.randomBytes(64)]), ([state, codeVerifier]) => ({
    state: Redacted.make(Encoding.encodeBase64Url(state)),
    codeVerifier: Redacted.make(Encoding.encodeBase64Url(codeVerifier))
  }))

/**
 * What a login is asked for.
 * @since 0.1.0
 * @category models
 */
export interface StartRequest {
  readonly region: Region
  /** Where the authorization server sends the browser back to: `https:`, or `http:` on the loopback interface. */
  readonly redirectUri: string
  /** What is asked for, of what the client is registered for; all of it unless given. */
  readonly scope?: string
}

/**
 * The page to send a person to, and what is kept until they come back.
 * @since 0.1.0
 * @category models
 */
export interface StartedLogin {
  readonly url: string
  readonly pending: PendingLogin
}

/**
 * Why a login could not be started.
 * @since 0.1.0
 * @category errors
 */
export type StartError = OAuthRegistrationError | StoringError | ConfigError | InvalidArgument

export const pageOf = (
  { crypto }: AuthorizationDeps,
  base: string,
  client: ClientRegistration,
  { codeVerifier, state }: Secrets,
  scope?: string
): Effect.Effect<string> =>
  Effect.map(crypto.sha256(Redacted.value(codeVerifier)), (digest) =>
    authorizationUrl(base, client, { codeChallenge: Encoding.encodeBase64Url(digest), state, scope })
  )

export const begin = (
  deps: AuthorizationDeps,
  client: ClientRegistration,
  secrets: Secrets,
  scope?: string
): Effect.Effect<StartedLogin, ConfigError> =>
  Effect.gen(function* () {
    const { region } = client
    const { base } = yield* serverOf(region)
    const url = yield* pageOf(deps, base, client, secrets, scope)
    return { url, pending: new PendingLogin({ region, client, ...secrets, createdAt: yield* Clock.currentTimeMillis }) }
  })

/** What is wrong with a request, by its field. A code that goes to an unsafe address can be read by others (RFC 6749, section 3.1.2). */
const faultOf = ({ redirectUri, region }: StartRequest): readonly [field: string, fault: string] | null => {
  if (!isRegion(region)) return ["region", `must be one of ${regions.join(", ")}`]
  const fault = addressFault(redirectUri) ?? (redirectUri.includes("#") ? "contains a fragment" : null)
  return fault === null ? null : ["redirectUri", fault]
}

const checkRequest = (request: StartRequest): Effect.Effect<void, InvalidArgument> => {
  const wrong = faultOf(request)
  if (wrong === null) return Effect.void
  const [field, fault] = wrong
  return new InvalidArgument({
    message: `${field} ${fault}, so no login is begun with it.`,
    hints: [],
    details: { field }
  })
}

export const start = (deps: AuthorizationDeps, request: StartRequest): Effect.Effect<StartedLogin, StartError> =>
  Effect.gen(function* () {
    yield* checkRequest(request)
    const { redirectUri, region, scope } = request
    const { origin } = yield* serverOf(region)
    const known = yield* deps.clients.find(region, origin, redirectUri)
    const client = Option.isSome(known)
      ? known.value
      : yield* registerClient(deps.http, deps.clients, region, redirectUri)
    return yield* begin(deps, client, yield* makeSecrets(deps), scope)
  })

export interface ClientUnknown {
  readonly _tag: "ClientUnknown"
  readonly error?: OAuthAuthDenied
}

const clientUnknown: ClientUnknown = { _tag: "ClientUnknown" }

const isClientUnknown = ({ error = Option.none() }: OAuthRequestFailed): boolean =>
  Option.exists(error, isUnknownClient)

export const redeem = (
  { http }: AuthorizationDeps,
  { client, codeVerifier, region }: PendingLogin,
  code: Redacted.Redacted
): Effect.Effect<OAuthTokens, OAuthRequestFailed | ClientUnknown | OAuthStateMismatch | ConfigError> =>
  Effect.gen(function* () {
    const server = yield* serverOf(region)
    if (!mayBeOf(client, server.origin)) {
      return yield* new OAuthStateMismatch({ reason: "the login was begun at another authorization server" })
    }
    const grant = {
      grant_type: "authorization_code",
      code: Redacted.value(code),
      redirect_uri: client.redirectUri,
      client_id: client.clientId,
      code_verifier: Redacted.value(codeVerifier)
    }
    return yield* requestTokens(http, server, grant, { clientId: client.clientId, previous: Option.none() }).pipe(
      Effect.mapError((refusal) => (isClientUnknown(refusal) ? clientUnknown : refusal))
    )
  })

/**
 * Why a login could not be finished.
 * @since 0.1.0
 * @category errors
 */
export type FinishError = OAuthAuthDenied | OAuthExchangeError | OAuthStateMismatch | OAuthTimeout | ConfigError

export const finish = (
  deps: AuthorizationDeps,
  pending: PendingLogin,
  callbackUrl: string | URL
): Effect.Effect<OAuthTokens, FinishError> =>
  Effect.gen(function* () {
    const { base } = yield* serverOf(pending.region)
    const judgement = yield* judgeRedirect(queryOf(callbackUrl), { state: pending.state, oauthBase: base })
    if (judgement._tag === "Refused") return yield* Effect.fail(judgement.error)
    if (judgement._tag === "ClientUnknown") return yield* forgotten(deps, pending)
    if (pending.isExpiredAt(yield* Clock.currentTimeMillis)) return yield* new OAuthTimeout({ seconds: pendingSeconds })
    return yield* Effect.catchTags(redeem(deps, pending, judgement.code), {
      ClientUnknown: () => forgotten(deps, pending),
      OAuthRequestFailed: ({ reason, temporary }) => new OAuthExchangeError({ reason, temporary })
    })
  })

/** The next login finds a client that the server knows. */
const forgotten = ({ clients, http }: AuthorizationDeps, { client, region }: PendingLogin) =>
  Effect.zipRight(
    Effect.ignoreLogged(registerClient(http, clients, region, client.redirectUri, client)),
    Effect.fail(
      new OAuthExchangeError({
        reason: "the authorization server no longer knows the client of this login; start again",
        temporary: true
      })
    )
  )
