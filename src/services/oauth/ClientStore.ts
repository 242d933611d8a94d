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
import { plainly, type StorageError, type StoringError } from "../../domain/storage/StorageError.ts"
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
import { CredentialStorage, whatever } from "../storage/CredentialStorage.ts"

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
    readonly describe: (region: Region, tokens: OAuthTokens) => Effect.Effect<string, StoringError>
    /** The registration that `mixpanel_headless` reads, if a server may know it: for tokens that do not name their client. */
    readonly primary: (region: Region, origin: string) => Effect.Effect<Option.Option<ClientRegistration>, StoringError>
    /** What is wrong with that file, if anything is. */
    readonly trouble: (region: Region, origin: string) => Effect.Effect<Option.Option<ClientTrouble>, StoringError>
    /** The registration for a redirect URI at a server. */
    readonly find: (
      region: Region,
      origin: string,
      redirectUri: string
    ) => Effect.Effect<Option.Option<ClientRegistration>, StoringError>
    /**
     * Keeps a registration in place of an older one for the same redirect URI at the same server; others stay, above all
     * the one that `mixpanel_headless` reads. The answer is the one that counts from now on: in a store that machines
     * share, what another one registered meanwhile stays, unless it is the one that is to be replaced.
     */
    readonly put: (
      client: ClientRegistration,
      instead?: ClientRegistration
    ) => Effect.Effect<ClientRegistration, StoringError>
  }
>() {}

export const make = Effect.gen(function* () {
  const storage = yield* CredentialStorage
  const crypto = yield* Crypto

  const readText = (key: string): Effect.Effect<Option.Option<string>, StoringError> =>
    Effect.mapBoth(storage.get(key), {
      onFailure: (error) => plainly(error),
      onSuccess: Option.map(({ value }) => value)
    })

  const read = (key: string): Effect.Effect<Option.Option<ClientRegistration>, StoringError> =>
    Effect.gen(function* () {
      const text = yield* readText(key)
      const decoded = Option.flatMap(text, parse)
      if (Option.isSome(text) && Option.isNone(decoded)) {
        yield* Effect.logDebug(`${yield* storage.describe(key)} cannot be used and was ignored`)
      }
      return decoded
    })

  const readPrimary = (region: Region) => read(primaryKey(region))

  const primary = (region: Region, origin: string) =>
    Effect.map(
      readPrimary(region),
      Option.filter((client) => mayBeOf(client, origin))
    )

  const besides = (region: Region, origin: string, name: string) =>
    Effect.map(serverPart(region, origin), (server) => `${primaryKey(region)}/${server}${name}`)

  /** `client_us_19285.json` on disk; for another server than Mixpanel's its digest goes before the port. */
  const serverPart = (region: Region, origin: string): Effect.Effect<string> =>
    origin === ownOrigin(region) ? Effect.succeed("") : Effect.map(digestOf(origin), (digest) => `${digest}/`)

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
    return Option.orElse(Option.firstSomeOf(candidates.map(Option.filter(({ origin }) => Option.isSome(origin)))), () =>
      Option.firstSomeOf(candidates)
    )
  })

  const trouble = Effect.fnUntraced(function* (region: Region, origin: string) {
    const hasSecret = Option.exists(Option.flatMap(yield* readText(primaryKey(region)), registeredIn), needsSecret)
    const held = yield* primary(region, origin)
    // A login at another server leaves this file as it is, and is made from then on with what was registered there.
    const inUse = Option.isSome(held) ? yield* find(region, origin, held.value.redirectUri) : held
    const unfinishedAt = Option.flatMap(inUse, (client) =>
      Option.exists(held, ({ clientId }) => clientId === client.clientId) ? client.unfinishedAt : Option.none()
    )
    return hasSecret || Option.isSome(unfinishedAt)
      ? Option.some({ path: yield* storage.describe(primaryKey(region)), hasSecret, unfinishedAt })
      : Option.none()
  })

  /** Of several that are registered at the same time the first is used by all. */
  const keep = (
    key: string,
    client: ClientRegistration,
    known: ReadonlyArray<string>
  ): Effect.Effect<ClientRegistration, StorageError> =>
    Effect.gen(function* () {
      const found = yield* storage.get(key)
      const held = Option.flatMap(found, ({ value }) => parse(value))
      if (Option.isSome(held) && isForSame(held.value, client) && !known.includes(held.value.clientId))
        return held.value
      const expected = Option.match(found, { onNone: () => "absent" as const, onSome: ({ version }) => ({ version }) })
      yield* storage.put(key, encodeRegistration(client), { expected })
      return client
    }).pipe(Effect.catchTag("Superseded", () => keep(key, client, known)))

  const put = Effect.fnUntraced(function* (client: ClientRegistration, instead = client) {
    const { redirectUri, region } = client
    const first = yield* readPrimary(region)
    const isForMp = Option.isSome(mpPort(redirectUri)) && !Option.exists(first, (held) => !givesWay(held, client))
    const key = isForMp ? primaryKey(region) : yield* besides(region, originOf(client), yield* nameOf(redirectUri))
    if (storage.isShared) return yield* keep(key, client, [client.clientId, instead.clientId])
    yield* whatever(storage.put(key, encodeRegistration(client), { expected: "any" }))
    return client
  })

  const describe = Effect.fnUntraced(function* (region: Region, { clientId, origin }: OAuthTokens) {
    const first = primaryKey(region)
    const server = Option.getOrElse(origin, () => ownOrigin(region))
    const candidates = [first, ...(yield* Effect.forEach(preferredPorts, (port) => besides(region, server, `${port}`)))]
    const held = yield* Effect.forEach(candidates, read)
    const index = held.findIndex(Option.exists((client) => Option.contains(clientId, client.clientId)))
    return yield* storage.describe(candidates[index] ?? first)
  })

  return ClientStore.of({ describe, primary, trouble, find, put })
})

const primaryKey = (region: Region): string => `clients/${region}`

const mpPort = (redirectUri: string): Option.Option<string> =>
  Option.fromNullable(/^http:\/\/localhost:(\d+)\/callback$/.exec(redirectUri)?.[1])

const ownOrigin = (region: Region): string => authorizationServer(region, noOverrides).origin

const originOf = ({ origin, region }: ClientRegistration): string => Option.getOrElse(origin, () => ownOrigin(region))

const isForSame = (one: ClientRegistration, other: ClientRegistration): boolean =>
  originOf(one) === originOf(other) && one.redirectUri === other.redirectUri

const givesWay = (held: ClientRegistration, client: ClientRegistration): boolean =>
  originOf(held) === originOf(client) ? isForSame(held, client) : originOf(client) === ownOrigin(client.region)

/** One with a secret could not get any tokens: a login registers another in its place. */
const parse = (text: string): Option.Option<ClientRegistration> =>
  Option.exists(registeredIn(text), needsSecret)
    ? Option.none()
    : Either.getRight(Either.flatMap(parseJson(text), decodeRegistration))

const registeredIn = (text: string) => Either.getRight(Either.flatMap(parseJson(text), readRegistered))

/**
 * `ClientStore` over a store of credentials.
 *
 * @example
 * ```ts
 * const clientStore = Layers.clientStore.pipe(Layer.provide(layer))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<ClientStore, never, CredentialStorage | Crypto> = Layer.effect(ClientStore, make)
