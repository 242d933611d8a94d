import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { ConfigError } from "../../domain/errors.ts"
import type { AuthorizationServer } from "../../domain/oauth/AuthorizationServer.ts"
import { ClientRegistration } from "../../domain/oauth/ClientRegistration.ts"
import type { OAuthRegistrationError } from "../../domain/oauth/OAuthError.ts"
import { PendingLogin } from "../../domain/oauth/PendingLogin.ts"
import { pageRefusesClient } from "../../domain/oauth/unknownClient.ts"
import { type AuthorizationDeps, makeSecrets, pageOf, redeem } from "./authorization.ts"
import { ask } from "./endpoint.ts"
import type { LoginRequest } from "./LoginRequest.ts"
import { registerClient, serverOf } from "./tokenRequests.ts"
import type { StoringError } from "../../domain/storage/StorageError.ts"

/** `anew`: whether the server has just said that it does not know the registered one. */
export const clientOfLogin = (
  deps: AuthorizationDeps,
  { region, report }: LoginRequest,
  redirectUri: string,
  anew: boolean
): Effect.Effect<ClientRegistration, OAuthRegistrationError | StoringError | ConfigError> =>
  Effect.gen(function* () {
    const server = yield* serverOf(region)
    const registered = yield* deps.clients.find(region, server.origin, redirectUri)
    const known = anew ? Option.none() : registered
    if (Option.isSome(known) && !(yield* isForgotten(deps, server, known.value))) return known.value
    const client = yield* registerClient(
      deps.http,
      deps.clients,
      region,
      redirectUri,
      Option.getOrUndefined(registered)
    )
    if (Option.isSome(registered)) yield* report({ _tag: "RegisteredAnew" })
    return client
  })

/**
 * Whether the server does not know a client any more; asked only after a login that did not come back from the browser.
 * Its page may send everybody to log in first, so the token endpoint is asked, too: about a code that does not exist.
 */
const isForgotten = (deps: AuthorizationDeps, { base }: AuthorizationServer, client: ClientRegistration) =>
  Effect.gen(function* () {
    if (Option.isNone(client.unfinishedAt)) return false
    const secrets = yield* makeSecrets(deps)
    const page = HttpClientRequest.get(yield* pageOf(deps, base, client, secrets))
    if (Option.exists(yield* Effect.option(ask(deps.http, page)), pageRefusesClient)) return true
    const pending = new PendingLogin({
      region: client.region,
      client,
      ...secrets,
      createdAt: yield* Clock.currentTimeMillis
    })
    const code = Redacted.make(Encoding.encodeBase64Url(yield* deps.crypto.randomBytes(32)))
    return yield* Effect.match(redeem(deps, pending, code), {
      onFailure: ({ _tag }) => _tag === "ClientUnknown",
      onSuccess: () => false
    })
  })

/** A login with it did not come back from the browser, for all that is known because of it: the next one asks. */
export const noteUnfinished = (deps: AuthorizationDeps, client: ClientRegistration) =>
  Effect.flatMap(Clock.currentTimeMillis, (now) => note(deps, client, Option.some(new Date(now).toISOString())))

export const noteFinished = (deps: AuthorizationDeps, client: ClientRegistration) =>
  Option.isNone(client.unfinishedAt) ? Effect.void : note(deps, client, Option.none())

/** What cannot be noted stops no login; another registration that came in between stays as it is. */
const note = ({ clients }: AuthorizationDeps, client: ClientRegistration, unfinishedAt: Option.Option<string>) =>
  Effect.gen(function* () {
    const { origin } = yield* serverOf(client.region)
    const held = yield* clients.find(client.region, origin, client.redirectUri)
    if (!Option.exists(held, ({ clientId }) => clientId === client.clientId)) return
    yield* clients.put(new ClientRegistration({ ...client, unfinishedAt }))
  }).pipe(Effect.ignoreLogged)
