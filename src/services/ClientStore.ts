/** The OAuth clients that were registered: one per region and redirect URI. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { FileError, LockLost } from "../domain/errors.ts"
import type { Region } from "../domain/identifiers.ts"
import { parseJson } from "../domain/json.ts"
import { type ClientRegistration, decodeRegistration, encodeRegistration } from "../domain/oauth/ClientRegistration.ts"
import { preferredPorts } from "./CallbackListener.ts"
import { CredentialFiles } from "./CredentialFiles.ts"
import { Locations } from "./Locations.ts"

export class ClientStore extends Context.Tag("effect-mixpanel/ClientStore")<
  ClientStore,
  {
    /** Where the registration of a client is kept, for messages; the region's own file for an unknown one. */
    readonly describe: (region: Region, clientId: string) => Effect.Effect<string, FileError>
    /** The registration that the predecessor reads: the one for tokens that do not name their client. */
    readonly primary: (region: Region) => Effect.Effect<Option.Option<ClientRegistration>, FileError>
    /** The registration for a redirect URI. */
    readonly find: (region: Region, redirectUri: string) => Effect.Effect<Option.Option<ClientRegistration>, FileError>
    /**
     * Keeps a registration in place of an older one for the same redirect URI; others, and above all the
     * one that the predecessor reads, stay.
     */
    readonly put: (client: ClientRegistration) => Effect.Effect<void, FileError | LockLost>
  }
>() {}

export const make = Effect.gen(function* () {
  const files = yield* CredentialFiles
  const locations = yield* Locations

  const read = (path: string): Effect.Effect<Option.Option<ClientRegistration>, FileError> =>
    Effect.flatMap(files.read(path), (text) => {
      const decoded = Option.flatMap(text, parse)
      return Option.isSome(text) && Option.isNone(decoded)
        ? Effect.as(Effect.logDebug(`${path} is malformed and counts as absent`), decoded)
        : Effect.succeed(decoded)
    })

  const primary = (region: Region) => Effect.flatMap(locations.client(region), read)

  /** The predecessor's file, unless that holds a registration for another redirect URI. */
  const pathFor = Effect.fn("ClientStore.pathFor")(function* (region: Region, redirectUri: string) {
    const path = yield* locations.client(region)
    const first = yield* read(path)
    const isOther = Option.exists(first, (client) => client.redirectUri !== redirectUri)
    return isOther ? besides(path, new URL(redirectUri).port) : path
  })

  const find = (region: Region, redirectUri: string) =>
    Effect.map(
      Effect.flatMap(pathFor(region, redirectUri), read),
      Option.filter((client) => client.redirectUri === redirectUri && client.region === region)
    )

  const describe = (region: Region, clientId: string) =>
    Effect.gen(function* () {
      const path = yield* locations.client(region)
      const candidates = [path, ...preferredPorts.map((port) => besides(path, port))]
      const held = yield* Effect.forEach(candidates, read)
      const index = held.findIndex(Option.exists((client) => client.clientId === clientId))
      return candidates[index] ?? path
    })

  return ClientStore.of({
    describe,
    primary,
    find,
    put: (client) =>
      Effect.flatMap(pathFor(client.region, client.redirectUri), (path) =>
        files.write(path, encodeRegistration(client))
      )
  })
})

const besides = (path: string, port: number | string): string => path.replace(/\.json$/, `_${port}.json`)

const parse = (text: string): Option.Option<ClientRegistration> =>
  Either.getRight(Either.flatMap(parseJson(text), decodeRegistration))

export const layer: Layer.Layer<ClientStore, never, CredentialFiles | Locations> = Layer.effect(ClientStore, make)
