/** The whole library on this machine: disk, variables and network. */
import * as NodePath from "@effect/platform-node/NodePath"
import * as Layer from "effect/Layer"
import * as Doctor from "../../services/doctor/Doctor.ts"
import * as Login from "../../services/login/Login.ts"
import * as RegionProbe from "../../services/login/RegionProbe.ts"
import * as NodeCrypto from "./crypto.ts"
import * as DiskFiles from "./files/DiskFiles.ts"
import * as Inspector from "./files/Inspector.ts"
import * as NodeLocations from "./locations.ts"
import * as UndiciHttp from "./http/UndiciHttp.ts"
import { flow } from "./oauth.ts"
import * as online from "./online.ts"
import * as stores from "../stores.ts"

/** Disk, home directory and cryptography: what an app replaces to keep its credentials elsewhere. */
export const disk = Layer.mergeAll(
  DiskFiles.layer,
  Inspector.layer,
  NodeLocations.layer,
  NodeCrypto.layer,
  NodePath.layer
)

/** The OAuth flow over `CredentialFiles` and `Locations`, with the registrations that it keeps there. */
export const oauth = Layer.provide(flow, UndiciHttp.layer)

/**
 * Every service of this library on Node, sharing `~/.mp` with `mp`.
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
 */
export const layer = Layer.merge(Login.layer, Doctor.layer).pipe(
  Layer.provideMerge(RegionProbe.layer),
  Layer.provideMerge(Layer.provide(online.clients, UndiciHttp.layer)),
  Layer.provideMerge(stores.layer),
  Layer.provideMerge(oauth),
  Layer.provideMerge(disk)
)

/** Accounts, targets, sessions and bearers only: no client of the API. */
export const offline = stores.layer.pipe(Layer.provideMerge(oauth), Layer.provideMerge(disk))
