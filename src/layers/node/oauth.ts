/** The OAuth flow on this machine: network, browser, loopback and random numbers. */
import * as Layer from "effect/Layer"
import * as ClientStore from "../../services/oauth/ClientStore.ts"
import * as OAuthFlow from "../../services/oauth/flow.ts"
import * as NodeCrypto from "./crypto.ts"
import * as CommandHttp from "./http/CommandHttp.ts"
import * as LoopbackListener from "./login/LoopbackListener.ts"
import * as SystemBrowser from "./login/SystemBrowser.ts"

/** A browser and a listener: what a login needs of the machine. */
export const loginLayer = Layer.merge(SystemBrowser.layer, LoopbackListener.layer)

/** The flow over `CredentialFiles`, `Locations` and any `HttpClient`, with the registrations that it keeps there. */
export const flow = OAuthFlow.layer.pipe(Layer.provide(loginLayer), Layer.provideMerge(ClientStore.layer))

/** The same for a program that sends a request or two and ends. */
export const layer = Layer.provide(flow, Layer.merge(CommandHttp.layer, NodeCrypto.layer))
