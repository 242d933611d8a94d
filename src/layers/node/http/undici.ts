/** The engine of programs that send many requests: the platform's client over undici, directly or through a proxy. */
import { makeUndici } from "@effect/platform-node/NodeHttpClient"
import { Agent, ProxyAgent } from "@effect/platform-node/Undici"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { networkReason } from "../../../domain/api/NetworkReason.ts"
import type { ProxyAddress } from "../../../domain/api/ProxyAddress.ts"
import { ProxyProblem } from "../../../domain/api/TransportProblem.ts"

let shared: HttpClient.HttpClient | undefined

/** One pool for the whole program, as `fetch` has one: layers come and go, and connections outlive them. */
export const direct = (): HttpClient.HttpClient => {
  shared ??= makeUndici(new Agent())
  return shared
}

/**
 * Through one proxy, over connections that are closed with the scope. Targets without TLS are forwarded rather than
 * tunnelled, which is what most proxies allow.
 */
export const through = (proxy: ProxyAddress): Effect.Effect<HttpClient.HttpClient, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => new ProxyAgent({ uri: proxy.origin, proxyTunnel: false, ...tokenOf(proxy) })),
      (agent) => Effect.promise(() => agent.destroy())
    ),
    (agent) => naming(proxy, makeUndici(agent))
  )

/** Given as a header: undici would drop a user without a password. */
const tokenOf = ({ authorization }: ProxyAddress): { readonly token?: string } =>
  Option.match(authorization, { onNone: () => ({}), onSome: (value) => ({ token: Redacted.value(value) }) })

/** Says of the proxy what is the proxy's. */
const naming = ({ host }: ProxyAddress, client: HttpClient.HttpClient): HttpClient.HttpClient =>
  HttpClient.transform(client, (sending, request) => {
    const problem = (reason: string, isLasting: boolean) =>
      new HttpClientError.RequestError({
        request,
        reason: "Transport",
        cause: new ProxyProblem({ reason, isLasting })
      })
    const refused = (status: string) => problem(`the proxy ${host} refused: ${status}`, status === "407")
    return sending.pipe(
      Effect.catchTag("RequestError", (error) => {
        const status = refusalOf(error.cause)
        if (status !== undefined) return refused(status)
        return isUnreached(error.cause)
          ? problem(`the proxy ${host} could not be reached: ${networkReason(error)}`, false)
          : error
      }),
      Effect.filterOrElse(
        ({ status }) => status !== 407,
        () => refused("407")
      )
    )
  })

/** The status with which a proxy answers `CONNECT`, which undici only tells in the message of its error. */
const refusalOf = (cause: unknown): string | undefined =>
  cause instanceof Error
    ? /^Proxy (?:response|Authentication Required) \((\d{3})\)/.exec(cause.message)?.[1]
    : undefined

const unreached: ReadonlySet<unknown> = new Set([
  "EAI_AGAIN",
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "ETIMEDOUT",
  "UND_ERR_CONNECT_TIMEOUT"
])

/** Nothing else is connected to from here. */
const isUnreached = (cause: unknown): boolean =>
  cause instanceof Error &&
  (("code" in cause && unreached.has(cause.code)) ||
    (cause instanceof AggregateError && cause.errors.some(isUnreached)) ||
    isUnreached(cause.cause))
