/**
 * The sandbox's authorization server: `oidc-provider` behind Mixpanel's paths. It listens on a port of
 * its own, to which the sandbox forwards, so that recording and faults work here as everywhere.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { generateKeyPairSync } from "node:crypto"
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse, request } from "node:http"
import { text as readText } from "node:stream/consumers"
import type { Provider } from "oidc-provider/lib/provider.js"
import { type Principal, userPrincipal } from "./SandboxAuth.ts"
import { findUser, type SandboxData, type SandboxUser } from "./SandboxData.ts"
import { listening } from "./SandboxHttp.ts"
import { makeStore } from "./SandboxOAuthStore.ts"
import { failure, type RecordedRequest, type Reply } from "./SandboxReply.ts"
import { codeOf } from "../../domain/internal/systemRefusal.ts"

/**
 * How the authorization server of a sandbox behaves.
 * @since 0.1.0
 * @category testing
 */
export interface SandboxOAuthOptions {
  /** How long an access token lives: 3600 s by default. */
  readonly accessTokenTtlSeconds?: number
  /** How long a refresh token lives: 14 days by default. */
  readonly refreshTokenTtlSeconds?: number
  /** Who presses the buttons: the data's first user by default. */
  readonly userId?: number
}

export interface SandboxOAuth {
  readonly handle: (request: RecordedRequest) => Effect.Effect<Reply>
  /** Who an access token was issued to. */
  readonly identify: (token: string) => Effect.Effect<Principal | undefined>
}

/** The server could not be started, usually because `oidc-provider` is not installed. */
export class OAuthUnavailable extends Data.TaggedError("OAuthUnavailable")<{ readonly message: string }> {}

const howToInstall = "The sandbox's OAuth server needs oidc-provider: npm install oidc-provider"

export const absent: SandboxOAuth = {
  handle: () => Effect.succeed(failure(501, howToInstall)),
  identify: () => Effect.succeed(undefined)
}

/** Everything that a login without a `scope` parameter is granted. */
const scopes = [
  ..."projects analysis events insights segmentation retention data:read funnels flows".split(" "),
  ..."data_definitions dashboard_reports bookmarks".split(" ")
]

export const make = (
  origin: string,
  data: SandboxData,
  options: SandboxOAuthOptions
): Effect.Effect<SandboxOAuth, OAuthUnavailable, Scope.Scope> =>
  Effect.gen(function* () {
    const user = options.userId === undefined ? data.users[0] : (findUser(data, options.userId) ?? data.users[0])
    const provider = yield* loadProvider(`${origin}/oauth`, data, options)
    const listener = routed(provider, user)
    const server = createServer((incoming, response) => void listener(incoming, response))
    const port = yield* Effect.mapError(listening(server, 0), ({ message }) => new OAuthUnavailable({ message }))
    return {
      handle: (incoming) => forward(port, incoming),
      identify: (token) =>
        Effect.promise(async () => {
          const id = (await provider.AccessToken.find(token))?.accountId
          return id === undefined ? undefined : userPrincipal(`oauth:${id}`, findUser(data, Number(id)))
        })
    }
  })

/** Not the package's main module: that one warns, on the console, of every Node older than 22. */
const loadProvider = (issuer: string, data: SandboxData, options: SandboxOAuthOptions) =>
  Effect.tryPromise({
    try: async () => {
      const module = await import("oidc-provider/lib/provider.js")
      return new module.Provider(issuer, configuration(data, options))
    },
    catch: (cause) =>
      new OAuthUnavailable({
        message:
          codeOf(cause) === "ERR_MODULE_NOT_FOUND"
            ? howToInstall
            : `The sandbox's OAuth server cannot start: ${cause instanceof Error ? cause.message : String(cause)}`
      })
  })

const days = 86_400

/** Mixpanel's ways: no `offline_access`, rotating refresh tokens, PKCE for all, anyone may register. */
const configuration = (data: SandboxData, options: SandboxOAuthOptions): Readonly<Record<string, unknown>> => ({
  adapter: makeStore(),
  clientBasedCORS: () => false,
  clientDefaults: { id_token_signed_response_alg: "ES256" },
  clockTolerance: 0,
  cookies: { keys: ["sandbox"] },
  features: {
    devInteractions: { enabled: false },
    registration: { enabled: true },
    revocation: { enabled: true, allowedPolicy: () => true },
    rpInitiatedLogout: { enabled: false }
  },
  findAccount: (_: unknown, accountId: string) => ({
    accountId,
    claims: () => ({ sub: accountId, email: findUser(data, Number(accountId))?.email })
  }),
  interactions: { url: (_: unknown, interaction: { readonly uid: string }) => `/oauth/interaction/${interaction.uid}` },
  issueRefreshToken: (_: unknown, client: { grantTypeAllowed(type: string): boolean }) =>
    client.grantTypeAllowed("refresh_token"),
  jwks: { keys: [generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" })] },
  pkce: { required: () => true },
  renderError: (context: { type: string; body: string }, out: Readonly<Record<string, string>>) => {
    context.type = "html"
    context.body = page("Error", `<pre id="error">${escapeHtml(JSON.stringify(out, null, 2))}</pre>`)
  },
  rotateRefreshToken: () => true,
  routes: {
    authorization: "/authorize",
    registration: "/mcp/register",
    revocation: "/revoke_token",
    token: "/token"
  },
  scopes: ["openid", "offline_access", ...scopes],
  ttl: {
    AccessToken: options.accessTokenTtlSeconds ?? 3600,
    AuthorizationCode: 60,
    Grant: 14 * days,
    IdToken: 3600,
    Interaction: 3600,
    RefreshToken: options.refreshTokenTtlSeconds ?? 14 * days,
    Session: 14 * days
  }
})

type Listener = (incoming: IncomingMessage, response: ServerResponse) => Promise<void>

/** The provider, with the page on which a person decides. */
const routed = (provider: Provider, user: SandboxUser): Listener => {
  const serve = provider.callback()
  return async (incoming, response) => {
    const decision = /^\/interaction\/[^/]+(?:\/(approve|deny))?$/.exec(incoming.url ?? "")
    if (decision === null) return serve(Object.assign(incoming, { originalUrl: `/oauth${incoming.url}` }), response)
    try {
      if (incoming.method !== "POST") return await askForDecision(provider, user, incoming, response)
      const result = decision[1] === "approve" ? await approval(provider, user, incoming, response) : denial
      await provider.interactionFinished(incoming, response, result)
    } catch {
      showPage(response, 400, page("Expired", "<p>This login is over. Start again.</p>"))
    }
  }
}

const denial = { error: "access_denied", error_description: "The user said no" }

const approval = async (provider: Provider, user: SandboxUser, incoming: IncomingMessage, response: ServerResponse) => {
  const { params } = await provider.interactionDetails(incoming, response)
  const accountId = String(user.id)
  const grant = new provider.Grant({ accountId, clientId: String(params["client_id"]) })
  grant.addOIDCScope(String(params["scope"]))
  return { login: { accountId }, consent: { grantId: await grant.save() } }
}

const askForDecision = async (
  provider: Provider,
  user: SandboxUser,
  incoming: IncomingMessage,
  response: ServerResponse
): Promise<void> => {
  const { params } = await provider.interactionDetails(incoming, response)
  const button = (decision: string, label: string) =>
    `<form method="post" action="/oauth${incoming.url}/${decision}"><button id="${decision}">${label}</button></form>`
  const text = `<p>Allow ${escapeHtml(String(params["client_id"]))} to act for ${escapeHtml(user.email)}?</p>`
  showPage(response, 200, page("Authorize", text + button("approve", "Approve") + button("deny", "Deny")))
}

const showPage = (response: ServerResponse, status: number, body: string): void => {
  response.writeHead(status, { "content-type": "text/html; charset=utf-8" }).end(body)
}

const page = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>Sandbox: ${title}</title><body><h1>Sandbox Mixpanel</h1>${body}</body></html>`

const escapeHtml = (source: string): string =>
  source.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;")

/** Mixpanel's trailing slashes go, its missing `scope` comes: then the provider understands. */
const innerPath = (url: string): string => {
  const { pathname, searchParams } = new URL(url, "http://sandbox")
  const path = pathname.slice("/oauth".length).replace(/\/+$/, "") || "/"
  if (path === "/authorize" && !searchParams.has("scope")) searchParams.set("scope", scopes.join(" "))
  return searchParams.size === 0 ? path : `${path}?${searchParams}`
}

const forward = (port: number, incoming: RecordedRequest): Effect.Effect<Reply> =>
  Effect.async((resume) => {
    const { "content-encoding": _, "content-length": __, "transfer-encoding": ___, ...headers } = incoming.headers
    const path = innerPath(incoming.url)
    const onward = request({ host: "127.0.0.1", port, path, method: incoming.method, headers, agent: false })
    onward.once("error", () => resume(Effect.succeed(failure(502, "The sandbox's OAuth server did not answer"))))
    onward.once("response", (answer) =>
      resume(
        Effect.promise(async () => ({
          status: answer.statusCode ?? 502,
          headers: repeatable(answer.headers),
          body: await readText(answer)
        }))
      )
    )
    onward.end(incoming.body)
  })

const connectionHeaders = new Set(["connection", "content-length", "keep-alive", "transfer-encoding"])

const repeatable = (headers: IncomingHttpHeaders): Reply["headers"] =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || connectionHeaders.has(name) ? [] : [[name, value]]
    )
  )
