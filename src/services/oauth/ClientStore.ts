/**
 * The OAuth clients that were registered: one per region, authorization server and redirect URI. The file of a region that
 * mixpanel_headless reads belongs to Mixpanel's own server. What another server registered (an override led there) lies
 * there only while nothing else does, and is never offered to Mixpanel.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { FileError, LockLost } from "../../domain/errors.ts"
import type { Region } from "../../domain/account/identifiers.ts"
import { parseJson } from "../../domain/internal/json.ts"
import { noOverrides } from "../../domain/api/Endpoints.ts"
import type { OAuthTokens } from "../../domain/oauth/OAuthTokens.ts"
import { authorizationServer } from "../../domain/oauth/AuthorizationServer.ts"
import {
  type ClientRegistration,
  decodeRegistration,
  type ClientTrouble,
  encodeRegistration,
  mayBeOf,
  needsSecret,
  readRegistered
} from "../../domain/oauth/ClientRegistration.ts"
import { preferredPorts } from "./CallbackListener.ts"
import { Crypto } from "../platform/Crypto.ts"
import { CredentialFiles } from "../platform/CredentialFiles.ts"
import { Locations } from "../platform/Locations.ts"

/**
 * The registrations of OAuth clients, one for each region and redirect URI.
 *
 * @example
 * ```ts
 * const client = Effect.flatMap(ClientStore, (clients) => clients.primary("eu", "https://eu.mixpanel.com"))
 * ```
 * @since 0.1.0
 * @category services
 */
export class ClientStore extends Context.Tag("effect-mixpanel/ClientStore")<
  ClientStore,
  {
    /** Where the registration is kept that minted tokens, for messages; the region's own file for an unknown one. */
    readonly describe: (region: Region, tokens: OAuthTokens) => Effect.Effect<string, FileError>
    /** The registration that `mixpanel_headless` reads, if a server may know it: for tokens that do not name their client. */
    readonly primary: (region: Region, origin: string) => Effect.Effect<Option.Option<ClientRegistration>, FileError>
    /** What is wrong with that file, if anything is. */
    readonly trouble: (region: Region, origin: string) => Effect.Effect<Option.Option<ClientTrouble>, FileError>
    /** The registration for a redirect URI at a server. */
    readonly find: (
      region: Region,
      origin: string,
      redirectUri: string
    ) => Effect.Effect<Option.Option<ClientRegistration>, FileError>
    /**
     * Keeps a registration in place of an older one for the same redirect URI at the same server; others stay, above all
     * the one that `mixpanel_headless` reads.
     */
    readonly put: (client: ClientRegistration) => Effect.Effect<void, FileError | LockLost>
  }
>() {}

export const make = Effect.gen(function* () {
  const files = yield* CredentialFiles
  const locations = yield* Locations
  const crypto = yield* Crypto

  const read = (path: string): Effect.Effect<Option.Option<ClientRegistration>, FileError> =>
    Effect.flatMap(files.read(path), (text) => {
      const decoded = Option.flatMap(text, parse)
      return Option.isSome(text) && Option.isNone(decoded)
        ? Effect.as(Effect.logDebug(`${path} cannot be used and was ignored`), decoded)
        : Effect.succeed(decoded)
    })

  const readPrimary = (region: Region) => Effect.flatMap(locations.client(region), read)

  const primary = (region: Region, origin: string) =>
    Effect.map(
      readPrimary(region),
      Option.filter((client) => mayBeOf(client, origin))
    )

  /** A file of its own for what does not belong in the region's. */
  const besides = (region: Region, origin: string, name: string) =>
    Effect.zipWith(locations.client(region), serverPart(region, origin), (path, server) =>
      path.replace(/\.json$/, `_${server}${name}.json`)
    )

  /** `client_us_19285.json`; for another server than Mixpanel's its digest goes before the port. */
  const serverPart = (region: Region, origin: string): Effect.Effect<string> =>
    origin === ownOrigin(region) ? Effect.succeed("") : Effect.map(digestOf(origin), (digest) => `${digest}_`)

  /** `mp` and `mixpanel_headless` go by the port that they listen on; the address of a web application has no such name. */
  const nameOf = (redirectUri: string): Effect.Effect<string> =>
    Option.match(mpPort(redirectUri), { onNone: () => digestOf(redirectUri), onSome: Effect.succeed })

  const digestOf = (text: string): Effect.Effect<string> =>
    Effect.map(crypto.sha256(text), (digest) => Encoding.encodeHex(digest).slice(0, 16))

  const find = Effect.fnUntraced(function* (region: Region, origin: string, redirectUri: string) {
    const own = yield* Effect.flatMap(besides(region, origin, yield* nameOf(redirectUri)), read)
    const candidates = [yield* primary(region, origin), own].map(
      Option.filter(
        (client) => client.redirectUri === redirectUri && client.region === region && mayBeOf(client, origin)
      )
    )
    // What was registered at this very server goes before what does not say where.
    return Option.orElse(Option.firstSomeOf(candidates.map(Option.filter(saysOrigin))), () =>
      Option.firstSomeOf(candidates)
    )
  })

  const trouble = Effect.fnUntraced(function* (region: Region, origin: string) {
    const path = yield* locations.client(region)
    const hasSecret = Option.exists(Option.flatMap(yield* files.read(path), registeredIn), needsSecret)
    const held = yield* primary(region, origin)
    // A login at another server leaves this file as it is, and is made from then on with what was registered there.
    const inUse = Option.isSome(held) ? yield* find(region, origin, held.value.redirectUri) : held
    const unfinishedAt = Option.flatMap(inUse, (client) =>
      Option.exists(held, ({ clientId }) => clientId === client.clientId) ? client.unfinishedAt : Option.none()
    )
    return hasSecret || Option.isSome(unfinishedAt) ? Option.some({ path, hasSecret, unfinishedAt }) : Option.none()
  })

  const put = Effect.fnUntraced(function* (client: ClientRegistration) {
    const { redirectUri, region } = client
    const first = yield* readPrimary(region)
    const isForMp = Option.isSome(mpPort(redirectUri)) && !Option.exists(first, (held) => !givesWay(held, client))
    const path = isForMp
      ? yield* locations.client(region)
      : yield* besides(region, originOf(client), yield* nameOf(redirectUri))
    yield* files.write(path, encodeRegistration(client))
  })

  const describe = Effect.fnUntraced(function* (region: Region, { clientId, origin }: OAuthTokens) {
    const path = yield* locations.client(region)
    const server = Option.getOrElse(origin, () => ownOrigin(region))
    const candidates = [path, ...(yield* Effect.forEach(preferredPorts, (port) => besides(region, server, `${port}`)))]
    const held = yield* Effect.forEach(candidates, read)
    const index = held.findIndex(Option.exists((client) => Option.contains(clientId, client.clientId)))
    return candidates[index] ?? path
  })

  return ClientStore.of({ describe, primary, trouble, find, put })
})

/** The port of a redirect URI on which `mp` listens itself. */
const mpPort = (redirectUri: string): Option.Option<string> =>
  Option.fromNullable(/^http:\/\/localhost:(\d+)\/callback$/.exec(redirectUri)?.[1])

const ownOrigin = (region: Region): string => authorizationServer(region, noOverrides).origin

const originOf = ({ origin, region }: ClientRegistration): string => Option.getOrElse(origin, () => ownOrigin(region))

const saysOrigin = ({ origin }: ClientRegistration): boolean => Option.isSome(origin)

/** Whether the region's file may be written over: by a newer registration of the same, or by Mixpanel's own. */
const givesWay = (held: ClientRegistration, client: ClientRegistration): boolean => {
  const isSameServer = originOf(held) === originOf(client)
  return isSameServer ? held.redirectUri === client.redirectUri : originOf(client) === ownOrigin(client.region)
}

/** One with a secret could not get any tokens: a login registers another in its place. */
const parse = (text: string): Option.Option<ClientRegistration> =>
  Option.exists(registeredIn(text), needsSecret)
    ? Option.none()
    : Either.getRight(Either.flatMap(parseJson(text), decodeRegistration))

const registeredIn = (text: string) => Either.getRight(Either.flatMap(parseJson(text), readRegistered))

/**
 * `ClientStore` over files.
 *
 * @example
 * ```ts
 * const clientStore = Layers.clientStore.pipe(Layer.provide(layer))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<ClientStore, never, CredentialFiles | Crypto | Locations> = Layer.effect(
  ClientStore,
  make
)
