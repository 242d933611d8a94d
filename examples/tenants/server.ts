/**
 * One replica of a service for many tenants. "Connect Mixpanel" is that of ../web-login; what tenants ask for goes out with
 * their own bearer, which one of the replicas renews for all of them.
 *
 *     PORT=8080 PUBLIC_URL=https://app.example COOKIE_KEY=… DATABASE_URL=postgres://… MP_STORE_KEY=k1:… node server.ts
 */
import { createServer } from "node:http"
import { HttpMiddleware, HttpRouter, HttpServer, HttpServerResponse } from "@effect/platform"
import { NodeHttpServer, NodeRuntime } from "@effect/platform-node"
import { Config, Effect, Layer, Schema } from "effect"
import { AccountName, Mixpanel, OAuthBrowserAccount, Project, ProjectId, Session } from "effect-mixpanel"
import { app as connecting } from "../web-login/app.ts"
import { inCookie } from "../web-login/PendingLogins.ts"
import { services } from "./services.ts"

const notFound = HttpServerResponse.unsafeJson({ error: "NOT_FOUND" }, { status: 404 })

/** The account is made by hand: the name is all that is needed to find its login. */
const events = Effect.gen(function* () {
  const { project, tenant } = yield* HttpRouter.schemaPathParams(
    Schema.Struct({ tenant: AccountName, project: ProjectId })
  )
  const account = new OAuthBrowserAccount({ name: tenant, region: "us" })
  const mixpanel = yield* Mixpanel
  const names = yield* mixpanel.events(new Session({ account, project: new Project({ id: project }) }))
  return HttpServerResponse.unsafeJson(names)
}).pipe(
  Effect.catchTag("ParseError", () => Effect.succeed(notFound)),
  Effect.catchAll(({ code, message }) =>
    Effect.as(Effect.logWarning(message), HttpServerResponse.unsafeJson({ error: code }, { status: 502 }))
  )
)

/**
 * SIGTERM: no connection is taken any more, requests that are under way are answered, what came of refreshes is stored,
 * the pool is closed, in this order.
 */
const server = HttpRouter.empty.pipe(
  HttpRouter.get("/:tenant/projects/:project/events", events),
  Effect.catchTag("RouteNotFound", () => connecting),
  HttpServer.serve(),
  HttpServer.withLogAddress,
  Layer.provide(
    NodeHttpServer.layerConfig(createServer, {
      port: Config.integer("PORT"),
      host: Config.withDefault(Config.string("HOST"), "127.0.0.1")
    })
  ),
  Layer.provide([inCookie, services]),
  // Spans of requests name their whole address.
  HttpMiddleware.withTracerDisabledWhen((request) => request.url.startsWith("/callback"))
)

NodeRuntime.runMain(Layer.launch(server))
