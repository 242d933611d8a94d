/**
 * On Node: every service of this library over files, network, browser and loopback, and each of these layers by itself.
 */
import type * as Layer from "effect/Layer"
import * as NodeCrypto from "./layers/node/crypto.ts"
import * as DiskFiles from "./layers/node/files/DiskFiles.ts"
import * as Inspector from "./layers/node/files/Inspector.ts"
import * as ProcessSecrets from "./layers/node/secrets/ProcessSecrets.ts"
import * as UndiciHttp from "./layers/node/http/UndiciHttp.ts"
import * as NodeLocations from "./layers/node/locations.ts"
import * as NodePath from "./layers/node/path.ts"
import * as LoopbackListener from "./layers/node/login/LoopbackListener.ts"
import * as SystemBrowser from "./layers/node/login/SystemBrowser.ts"
import { nodeUserAgent } from "./layers/node/http/Engine.ts"
import { checked, compose, type ErrorsOf, type NeedsOf, type Replaceable, type Services } from "./services/compose.ts"

const parts = {
  credentialFiles: DiskFiles.layer,
  fileInspector: Inspector.layer,
  locations: NodeLocations.layer,
  crypto: NodeCrypto.layer,
  path: NodePath.layer,
  browser: SystemBrowser.layer,
  callbackListener: LoopbackListener.layer,
  externalSecrets: ProcessSecrets.layer,
  httpClient: UndiciHttp.layer,
  userAgent: nodeUserAgent
}

/**
 * Every service of this library, sharing `~/.mp` with `mp`. It is closed: to replace a part, use `layerWith`; a service
 * that is provided beside it is not seen by the others.
 *
 * @example
 * ```ts
 * const program = Effect.gen(function* () {
 *   const resolver = yield* SessionResolver
 *   const mixpanel = yield* Mixpanel
 *   return yield* mixpanel.events(yield* resolver.session())
 * })
 * Effect.runPromise(Effect.provide(program, layer))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<Services> = compose(parts)

/**
 * `layer` with parts of your own: what is given is what every other service gets, and what it replaces is not built.
 * Whatever a given layer needs and does not find among ours stands in the requirements of the result.
 *
 * @example
 * ```ts
 * const app = layerWith({ httpClient: FetchHttpClient.layer, tokenStore: Layer.succeed(TokenStore, vault) })
 * ```
 * @since 0.1.0
 * @category layers
 */
export function layerWith<Given extends Replaceable>(
  given: Given & Record<Exclude<keyof Given, keyof Replaceable>, never>
): Layer.Layer<Services, ErrorsOf<Given>, NeedsOf<Given>>
export function layerWith(given: Replaceable): Layer.Layer<Services, unknown, unknown> {
  return compose({ ...parts, ...checked(given) })
}

export { layer as diskFiles } from "./layers/node/files/DiskFiles.ts"
export { layer as diskInspector } from "./layers/node/files/Inspector.ts"
export { layer as loopbackListener } from "./layers/node/login/LoopbackListener.ts"
export { layer as nodeCrypto } from "./layers/node/crypto.ts"
export { layer as nodeHttpClient } from "./layers/node/http/UndiciHttp.ts"
export { layer as nodeLocations, make as makeLocations } from "./layers/node/locations.ts"
export { layer as processSecrets } from "./layers/node/secrets/ProcessSecrets.ts"
export { layer as systemBrowser } from "./layers/node/login/SystemBrowser.ts"
