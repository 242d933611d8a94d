/** `fetch` through a proxy. Loaded only where a proxy is set: it brings undici with it. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { EnvHttpProxyAgent, type RequestInit, fetch as undiciFetch, type Response as UndiciResponse } from "undici"
import { isLoopback } from "../../domain/Endpoints.ts"
import type { ProxySettings } from "./ProxySettings.ts"

type Fetch = typeof globalThis.fetch

/** A `fetch` whose connections go through the proxies, and which are closed with the scope. */
export const proxyFetch = (settings: ProxySettings): Effect.Effect<Fetch, never, Scope.Scope> =>
  Effect.map(
    acquireAgent(settings),
    (agent): Fetch =>
      async (input, init) => {
        const request = new Request(input, init)
        if (staysHere(new URL(request.url), settings)) return globalThis.fetch(input, init)
        const body = init?.body instanceof ReadableStream ? request.body : await bytesOf(request)
        return toResponse(await undiciFetch(request.url, toInit(request, body, agent)))
      }
  )

const acquireAgent = (settings: ProxySettings) =>
  Effect.acquireRelease(
    Effect.sync(() => agentFor(settings)),
    (agent) => Effect.promise(() => agent.destroy())
  )

/**
 * Every value is given, so that undici reads none from the process. Targets without TLS are forwarded
 * rather than tunnelled, which is what most proxies allow.
 */
const agentFor = ({ except, http, https }: ProxySettings): EnvHttpProxyAgent =>
  new EnvHttpProxyAgent({ httpProxy: http, httpsProxy: https, noProxy: except, proxyTunnel: false })

/**
 * What is addressed to this machine does not leave it: a proxy elsewhere would see a credential that is
 * only sent without TLS because it is not going anywhere.
 */
const staysHere = (target: URL, { http, https }: ProxySettings): boolean =>
  isLoopback(target.hostname) &&
  [http, https].some((address) => address !== "" && !isLoopback(new URL(address).hostname))

/** The whole body where there is one, so that it is sent with its length. */
const bytesOf = async (request: Request): Promise<ArrayBuffer | null> =>
  request.body === null ? null : request.arrayBuffer()

/** undici knows its own classes only, so everything is handed over, and back, in plain form. */
const toInit = (request: Request, body: Request["body"] | ArrayBuffer, dispatcher: EnvHttpProxyAgent): RequestInit => ({
  method: request.method,
  headers: [...request.headers],
  body,
  signal: request.signal,
  redirect: "manual",
  dispatcher,
  ...(body instanceof ReadableStream ? { duplex: "half" as const } : {})
})

const toResponse = ({ body, headers, status, statusText }: UndiciResponse): Response =>
  new Response(status === 204 || status === 205 || status === 304 ? null : body, {
    status,
    statusText,
    headers: [...headers]
  })
