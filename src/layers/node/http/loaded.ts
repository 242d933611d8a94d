/** The undici engine, loaded when a request first needs it, and its proxies: one agent each, closed with the scope. */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import type { ProxyAddress } from "../../../domain/api/ProxyAddress.ts"
import type { Engine } from "./Engine.ts"

/** undici puts an agent of its own in the place of the one that the program's `fetch` uses, unless that is there before it. */
const undici = Effect.tryPromise({
  try: () => {
    void globalThis.Response
    return import("./undici.ts")
  },
  catch: (cause) => (isMissing(cause) ? new Error(toInstall, { cause }) : cause)
}).pipe(Effect.orDie)

const isMissing = (cause: unknown): boolean =>
  cause instanceof Error && "code" in cause && cause.code === "ERR_MODULE_NOT_FOUND"

const toInstall =
  "The network of effect-mixpanel/node is that of @effect/platform-node, which is not installed: npm install @effect/platform-node"

export const direct: Engine["direct"] = Effect.map(undici, (engine) => engine.direct())

/** Proxies by their address; the variables that name them do not change while a layer lives, so there are two at most. */
export const throughIn = (scope: Scope.Scope): Engine["through"] => {
  const clients = new Map<string, HttpClient.HttpClient>()
  const opened = (proxy: ProxyAddress) =>
    Effect.flatMap(undici, ({ through }) =>
      Effect.suspend(() => {
        const known = clients.get(proxy.origin)
        return known === undefined
          ? Effect.tap(Scope.extend(through(proxy), scope), (client) => clients.set(proxy.origin, client))
          : Effect.succeed(known)
      })
    )
  return (proxy) => Effect.uninterruptible(opened(proxy))
}
