/**
 * "Connect Mixpanel": each tenant logs in through the browser, and its tokens are kept under its name, where every replica
 * finds and refreshes them. Who the tenant is would come from the session of your application; here it is in the path.
 */
import { HttpMiddleware, HttpRouter, HttpServerRequest, HttpServerResponse } from "@effect/platform"
import { Config, Effect, Option, Schema } from "effect"
import { AccountName, Discovery, OAuthBrowserAccount, OAuthFlow, TokenStore } from "effect-mixpanel"
import { connectPage, failed, notConnected, notFound, projectsPage } from "./pages.ts"
import { PendingLogins } from "./PendingLogins.ts"

const region = "us"
const cookie = "connect-mixpanel"

/** Where browsers find this application: `https:`, or on this machine. */
const publicUrl = Config.url("PUBLIC_URL")

const redirectUri = Effect.map(publicUrl, (base) => new URL("/callback", base))

/** Sent to `/callback` alone, on the way back from Mixpanel too, for as long as a person may take. */
const cookieOptions = ({ pathname, protocol }: URL) =>
  ({ httpOnly: true, sameSite: "lax", secure: protocol === "https:", path: pathname }) as const

const tenantOfPath = Effect.map(
  HttpRouter.schemaPathParams(Schema.Struct({ tenant: AccountName })),
  (path) => path.tenant
)

const home = Effect.gen(function* () {
  const tenant = yield* tenantOfPath
  const tokens = yield* Effect.flatMap(TokenStore, (store) => store.get(tenant))
  if (Option.isNone(tokens)) return connectPage(tenant)
  const account = new OAuthBrowserAccount({ name: tenant, region })
  const projects = yield* Effect.flatMap(Discovery, (discovery) => discovery.projects({ account, origin: "given" }))
  return projectsPage(tenant, projects)
}).pipe(
  Effect.catchTag("ParseError", () => notFound),
  Effect.catchAll(({ message }) => failed(message))
)

const connect = Effect.gen(function* () {
  const tenant = yield* tenantOfPath
  const callback = yield* redirectUri
  const flow = yield* OAuthFlow
  const { pending, url } = yield* flow.start({ region, redirectUri: callback.href })
  const kept = yield* Effect.flatMap(PendingLogins, (logins) => logins.keep({ tenant, pending }))
  return yield* HttpServerResponse.redirect(url, { status: 303 }).pipe(
    HttpServerResponse.setCookie(cookie, kept, { ...cookieOptions(callback), maxAge: "10 minutes" })
  )
}).pipe(
  Effect.catchTag("ParseError", () => notFound),
  Effect.catchAll(({ message }) => notConnected(message))
)

const callback = Effect.gen(function* () {
  const request = yield* HttpServerRequest.HttpServerRequest
  const logins = yield* PendingLogins
  const login = yield* logins.take(request.cookies[cookie] ?? "")
  if (Option.isNone(login)) return yield* notConnected("No login is under way in this browser.")
  const { pending, tenant } = login.value
  const flow = yield* OAuthFlow
  const store = yield* TokenStore
  yield* Effect.uninterruptible(
    Effect.flatMap(flow.finish(pending, request.url), (tokens) => store.put(tenant, tokens))
  )
  return HttpServerResponse.redirect(`/${tenant}`, { status: 303 })
}).pipe(
  Effect.catchAll(({ message }) => notConnected(message)),
  // Whatever came of it, this login is over.
  Effect.flatMap((response) =>
    Effect.map(redirectUri, (url) => HttpServerResponse.expireCookie(response, cookie, cookieOptions(url)))
  )
)

/** The path without what stands behind it: the query of the callback is a credential. */
const logged = HttpMiddleware.make((app) =>
  Effect.gen(function* () {
    const { method, url } = yield* HttpServerRequest.HttpServerRequest
    const response = yield* app
    yield* Effect.log(`${method} ${url.split("?", 1)[0]} ${response.status}`)
    return response
  })
)

export const app = HttpRouter.empty.pipe(
  HttpRouter.get("/callback", callback),
  HttpRouter.get("/:tenant", home),
  HttpRouter.get("/:tenant/connect", connect),
  Effect.catchTag("RouteNotFound", () => notFound),
  logged
)
