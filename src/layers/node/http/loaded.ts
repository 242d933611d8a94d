/** The engines of the library, loaded when a request first needs them, and its proxies: one agent each, closed with the scope. */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Scope from "effect/Scope"
import type { ProxyAddress } from "../../../domain/api/ProxyAddress.ts"
import { ProxyProblem } from "../../../domain/api/TransportProblem.ts"
import { lazy } from "../../../domain/internal/lazy.ts"
import type { Engine } from "./Engine.ts"
import type * as Undici from "./undici.ts"

type Loaded = Either.Either<typeof Undici, unknown>

/**
 * undici, or why there is none: it is CommonJS that requires modules of Node, which a bundle of ES modules cannot do. A second
 * attempt in such a bundle would find half of it.
 */
const loadUndici = lazy((): Promise<Loaded> => {
  // undici puts an agent of its own in the place of the one that the program's `fetch` uses, unless that is there before it.
  void globalThis.Response
  return import("./undici.ts").then(
    (engine) => Either.right(engine),
    (cause: unknown) => Either.left(cause)
  )
})

const loading = Effect.flatMap(Effect.promise(loadUndici), (loaded) => {
  if (Either.isLeft(loaded) && isMissing(loaded.left)) return Effect.die(new Error(toInstall, { cause: loaded.left }))
  found = loaded
  return Effect.succeed(loaded)
})

/** Once it is there, no request waits for a promise of it. */
let found: Loaded | undefined

const undici = Effect.suspend(() => (found === undefined ? loading : Effect.succeed(found)))

const isMissing = (cause: unknown): boolean =>
  cause instanceof Error && "code" in cause && cause.code === "ERR_MODULE_NOT_FOUND"

const toInstall =
  "The network of effect-mixpanel/node is that of @effect/platform-node, which is not installed: npm install @effect/platform-node"

/** Over undici; where that cannot be loaded, over `node:http`, whose connections are closed with the scope. */
export const directIn = (scope: Scope.Scope): Effect.Effect<Engine["direct"]> =>
  Effect.map(
    Effect.cached(
      Effect.promise(() => import("./nodeHttp.ts")).pipe(Effect.flatMap((plain) => Scope.extend(plain.direct, scope)))
    ),
    (plain) =>
      Effect.flatMap(undici, Either.match({ onLeft: () => plain, onRight: (it) => Effect.succeed(it.direct()) }))
  )

/** Proxies by their address; the variables that name them do not change while a layer lives, so there are two at most. */
export const throughIn = (scope: Scope.Scope): Engine["through"] => {
  const clients = new Map<string, HttpClient.HttpClient>()
  const opened = (proxy: ProxyAddress) =>
    Effect.flatMap(undici, (loaded) =>
      Effect.suspend(() => {
        const known = clients.get(proxy.origin)
        if (known !== undefined) return Effect.succeed(known)
        const opening = Either.match(loaded, {
          onLeft: () => Effect.succeed(noProxies),
          onRight: ({ through }) => Scope.extend(through(proxy), scope)
        })
        return Effect.tap(opening, (client) => clients.set(proxy.origin, client))
      })
    )
  return (proxy) => Effect.uninterruptible(opened(proxy))
}

const noProxies = HttpClient.make((request) =>
  Effect.fail(
    new HttpClientError.RequestError({
      request,
      reason: "Transport",
      cause: new ProxyProblem({
        reason:
          "requests through a proxy need undici, which cannot be loaded from a bundle of ES modules; bundle as CommonJS (--format=cjs), or leave it out (--external:undici)",
        isLasting: true
      })
    })
  )
)
