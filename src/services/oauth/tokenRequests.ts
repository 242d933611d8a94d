import type * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { ConfigError } from "../../domain/errors.ts"
import type { ClaimError, StoringError } from "../../domain/storage/StorageError.ts"
import type { Region } from "../../domain/account/identifiers.ts"
import { isRecord, parseJson } from "../../domain/internal/json.ts"
import { OAuthRegistrationError, OAuthRequestFailed } from "../../domain/oauth/OAuthError.ts"
import type { OAuthTokens } from "../../domain/oauth/OAuthTokens.ts"
import {
  ClientRegistration,
  needsSecret,
  readRegistered,
  registeredScope,
  registrationRequest
} from "../../domain/oauth/ClientRegistration.ts"
import { standardErrorCode } from "../../domain/oauth/standardErrorCode.ts"
import {
  type AuthorizationServer,
  authorizationServer,
  type MintedElsewhere,
  minter
} from "../../domain/oauth/AuthorizationServer.ts"
import {
  type RawResponse,
  readSalvaged,
  readTokenResponse,
  type TokenRequestContext
} from "../../domain/oauth/TokenResponse.ts"
import type { ClientStore } from "./ClientStore.ts"
import { endpointOverrides } from "../platform/environment.ts"
import { reportOverrides } from "../api/OverrideListener.ts"
import { ask, unanswered } from "./endpoint.ts"
import { isSuccess } from "../../domain/api/RetryPolicy.ts"

type Clients = ClientStore["Type"]

/** A region's authorization server; that an override moves it is told before anything is sent there. */
export const serverOf = (region: Region): Effect.Effect<AuthorizationServer, ConfigError> =>
  Effect.map(Effect.tap(endpointOverrides, reportOverrides), (overrides) => authorizationServer(region, overrides))

/** The server that stored tokens may be sent to: the only way for one of them into a request. */
const homeOf = (region: Region, tokens: OAuthTokens) =>
  Effect.flatMap(endpointOverrides, (overrides) =>
    Effect.tap(minter(tokens, region, overrides), () => reportOverrides(overrides))
  )

type Form = Readonly<Record<string, string>>

const post = (base: string, path: string, form: Form): HttpClientRequest.HttpClientRequest =>
  HttpClientRequest.post(`${base}/${path}`).pipe(
    HttpClientRequest.bodyUrlParams(form),
    HttpClientRequest.setHeader("accept", "application/json")
  )

const silent = ({ isSent = true, reason }: OAuthRequestFailed) =>
  new OAuthRequestFailed({ reason: `the token endpoint gave no answer: ${reason}`, temporary: true, isSent })

/**
 * Posts a grant and reads tokens out of the answer. All that can go wrong on our side does so before `beforeSending`;
 * after it, a defect is no more than an answer that cannot be used.
 */
export const requestTokens = <E = never>(
  http: HttpClient.HttpClient,
  server: AuthorizationServer,
  form: Form,
  context: Omit<TokenRequestContext, "now" | "origin">,
  beforeSending: Effect.Effect<void, E> = Effect.void
): Effect.Effect<OAuthTokens, OAuthRequestFailed | E> =>
  Effect.gen(function* () {
    const request = post(server.base, "token/", form)
    yield* beforeSending
    const now = yield* Clock.currentTimeMillis
    return yield* Effect.mapError(ask(http, request), silent).pipe(
      Effect.flatMap((answer) => readTwice(answer, { ...context, now, origin: server.origin })),
      Effect.catchAllDefect((defect) => Effect.fail(broken(defect)))
    )
  })

/** What was answered is the only copy of the tokens: when reading it throws, it is read in the other way. */
const readTwice = (answer: RawResponse, context: TokenRequestContext): Effect.Effect<OAuthTokens, OAuthRequestFailed> =>
  Effect.catchAllDefect(
    Effect.suspend(() => readTokenResponse(answer, context)),
    (defect) =>
      Effect.mapError(
        Effect.suspend(() => readSalvaged(answer, context)),
        () => broken(defect)
      )
  )

const broken = (defect: unknown) =>
  unanswered(
    `the answer of the token endpoint could not be read (${defect instanceof Error ? defect.name : "an unknown error"})`
  )

/** The client that minted the tokens; tokens that do not say are the region's (as mixpanel_headless has it). */
const clientOf = (clients: Clients, region: Region, { origin }: AuthorizationServer, { clientId }: OAuthTokens) =>
  Option.isSome(clientId)
    ? Effect.succeed(clientId)
    : Effect.map(
        clients.primary(region, origin),
        Option.map((client) => client.clientId)
      )

export const refreshTokens = (
  http: HttpClient.HttpClient,
  clients: Clients,
  region: Region,
  tokens: OAuthTokens,
  beforeSending: Effect.Effect<void, ClaimError>
): Effect.Effect<OAuthTokens, OAuthRequestFailed | MintedElsewhere | ConfigError | ClaimError> =>
  Effect.gen(function* () {
    const server = yield* homeOf(region, tokens)
    const clientId = yield* clientOf(clients, region, server, tokens)
    if (Option.isNone(clientId)) return yield* cannot("no OAuth client is registered for this region")
    if (Option.isNone(tokens.refreshToken)) return yield* cannot("there is no refresh token")
    const form = {
      grant_type: "refresh_token",
      refresh_token: Redacted.value(tokens.refreshToken.value),
      client_id: clientId.value
    }
    const context = { clientId: clientId.value, previous: Option.some(tokens) }
    return yield* requestTokens(http, server, form, context, beforeSending)
  })

const cannot = (reason: string) => new OAuthRequestFailed({ reason, temporary: false })

export const revokeTokens = (
  http: HttpClient.HttpClient,
  clients: Clients,
  region: Region,
  tokens: OAuthTokens
): Effect.Effect<void, OAuthRequestFailed | MintedElsewhere | StoringError | ConfigError> =>
  Effect.gen(function* () {
    const server = yield* homeOf(region, tokens)
    const clientId = Option.getOrElse(yield* clientOf(clients, region, server, tokens), () => "")
    const revoke = (token: Redacted.Redacted, hint: string) =>
      ask(
        http,
        post(server.base, "revoke_token/", { token: Redacted.value(token), token_type_hint: hint, client_id: clientId })
      ).pipe(
        Effect.filterOrFail(
          ({ status }) => isSuccess(status),
          ({ status }) =>
            new OAuthRequestFailed({
              status,
              temporary: status === 429 || status >= 500,
              reason: `the revocation endpoint answered ${status}`
            })
        )
      )
    yield* Effect.forEach(Option.toArray(tokens.refreshToken), (token) => revoke(token, "refresh_token"), {
      discard: true
    })
    yield* revoke(tokens.accessToken, "access_token")
  })

/**
 * Registers a public client for a redirect URI (RFC 7591, section 3) and keeps the registration, perhaps instead of one that
 * is not to be used any more. The answer is that of somebody else who was faster, where machines share a store.
 */
export const registerClient = (
  http: HttpClient.HttpClient,
  clients: Clients,
  region: Region,
  redirectUri: string,
  instead?: ClientRegistration
): Effect.Effect<ClientRegistration, OAuthRegistrationError | StoringError | ConfigError> =>
  Effect.gen(function* () {
    const { base, origin } = yield* serverOf(region)
    const request = HttpClientRequest.post(`${base}/mcp/register/`).pipe(
      HttpClientRequest.bodyUnsafeJson(registrationRequest(redirectUri)),
      HttpClientRequest.setHeader("accept", "application/json")
    )
    const { body, cut, status } = yield* Effect.mapError(ask(http, request), ({ reason }) => unregistered(reason, true))
    if (cut !== undefined) return yield* unregistered(cut, true)
    const json = Either.getOrElse(parseJson(body), () => null)
    if (!isSuccess(status)) return yield* refusedRegistration(status, json)
    const registered = yield* Either.mapLeft(readRegistered(json), () =>
      unregistered("the answer has no client_id", true)
    )
    if (needsSecret(registered)) {
      return yield* unregistered(
        "the server gave the client a secret, and mp is a public client, which has none",
        false
      )
    }
    const now = yield* Clock.currentTimeMillis
    const client = new ClientRegistration({
      clientId: registered.client_id,
      region,
      redirectUri,
      scope: registeredScope,
      createdAt: new Date(now).toISOString(),
      origin: Option.some(origin)
    })
    return yield* clients.put(client, instead)
  })

const refusedRegistration = (status: number, json: unknown): OAuthRegistrationError => {
  const error = isRecord(json) ? json["error"] : undefined
  const said = typeof error === "string" ? `: ${standardErrorCode(error)}` : ""
  return unregistered(`the registration endpoint answered ${status}${said}`, status === 429 || status >= 500)
}

const unregistered = (reason: string, temporary: boolean) =>
  new OAuthRegistrationError({
    reason,
    temporary
  })
