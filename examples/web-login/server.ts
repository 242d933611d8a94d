/**
 * One replica of "Connect Mixpanel":
 *
 *     PORT=8080 PUBLIC_URL=https://app.example COOKIE_KEY=… MP_STORAGE_DIR=/shared/mixpanel node server.ts
 *     PORT=8080 PUBLIC_URL=https://app.example PENDING_DIR=/shared/logins MP_STORAGE_DIR=/shared/mixpanel node server.ts
 */
import { createServer } from "node:http"
import { HttpMiddleware, HttpServer } from "@effect/platform"
import { NodeContext, NodeHttpServer, NodeRuntime } from "@effect/platform-node"
import { Config, Effect, Layer, Option } from "effect"
import { layer } from "effect-mixpanel/node"
import { app } from "./app.ts"
import { inCookie, inDirectory, type PendingLogins } from "./PendingLogins.ts"

/** Either of the two layers; nothing else in the application knows which. */
type Either = Layer.Layer<
  PendingLogins,
  Layer.Layer.Error<typeof inCookie | typeof inDirectory>,
  Layer.Layer.Context<typeof inDirectory>
>

const pendingLogins = Layer.unwrapEffect(
  Effect.map(
    Config.option(Config.string("PENDING_DIR")),
    (directory): Either => (Option.isSome(directory) ? inDirectory : inCookie)
  )
)

const server = app.pipe(
  HttpServer.serve(),
  HttpServer.withLogAddress,
  Layer.provide(
    NodeHttpServer.layerConfig(createServer, { port: Config.integer("PORT"), host: Config.succeed("127.0.0.1") })
  ),
  Layer.provide(pendingLogins),
  Layer.provide([layer, NodeContext.layer]),
  // Spans of requests name their whole address.
  HttpMiddleware.withTracerDisabledWhen((request) => request.url.startsWith("/callback"))
)

NodeRuntime.runMain(Layer.launch(server))
