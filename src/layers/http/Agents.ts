/** Who opens the connections: one agent for all that goes out directly, others where a proxy is set. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Dispatcher } from "undici"
import { proxyUnusable } from "../../domain/api/NetworkReason.ts"
import { isLoopback } from "../../domain/Endpoints.ts"
import { isUsableProxy, type ProxySettings } from "./ProxySettings.ts"

/** The agent for an address: at hand, or on its way where undici has yet to be loaded. */
export type AgentFor = (target: URL) => Dispatcher | Promise<Dispatcher>

let direct: Dispatcher | Promise<Dispatcher> | undefined

/** One pool for the whole program, as `fetch` has one: layers come and go, and connections outlive them. */
export const withoutProxy: AgentFor = () => {
  direct ??= import("undici/lib/dispatcher/agent.js").then(
    ({ default: Agent }) => (direct = new Agent()),
    (error) => {
      direct = undefined
      throw error
    }
  )
  return direct
}

/**
 * Through the proxies, over connections that are closed with the scope. A variable that is no address fails
 * the requests, by name, and not the program.
 */
export const throughProxy = (settings: ProxySettings): Effect.Effect<AgentFor, never, Scope.Scope> =>
  isUsableProxy(settings)
    ? Effect.map(
        acquireAgent(settings),
        (agent): AgentFor =>
          (target) =>
            staysHere(target, settings) ? withoutProxy(target) : agent
      )
    : Effect.succeed(() => Promise.reject(unusable))

const unusable = Object.assign(new Error("a proxy variable is not an address"), { code: proxyUnusable })

const acquireAgent = (settings: ProxySettings) =>
  Effect.acquireRelease(
    Effect.promise(() => agentThrough(settings)),
    (agent) => Effect.promise(() => agent.destroy())
  )

/**
 * Every value is given, so that undici reads none from the process. Targets without TLS are forwarded
 * rather than tunnelled, which is what most proxies allow.
 */
const agentThrough = async ({ except, http, https }: ProxySettings): Promise<Dispatcher> => {
  const { EnvHttpProxyAgent } = await import("undici")
  return new EnvHttpProxyAgent({ httpProxy: http, httpsProxy: https, noProxy: except, proxyTunnel: false })
}

/**
 * What is addressed to this machine does not leave it: a proxy elsewhere would see a credential that is
 * only sent without TLS because it is not going anywhere.
 */
const staysHere = (target: URL, { http, https }: ProxySettings): boolean =>
  isLoopback(target.hostname) &&
  [http, https].some((address) => address !== "" && !isLoopback(new URL(address).hostname))
