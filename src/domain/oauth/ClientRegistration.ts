import type * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { type DecodeIssue, decodeTolerant, optionalKey, withMessage, NonEmptyText } from "../internal/decode.ts"
import { onDemand } from "../internal/onDemand.ts"
import { Region } from "../account/identifiers.ts"
import { Origin } from "./OAuthTokens.ts"

/** The scopes that mixpanel_headless registers its clients for. */
export const registeredScope =
  "projects analysis events insights segmentation retention data:read funnels flows data_definitions dashboard_reports bookmarks"

/**
 * A public client of one authorization server of a region, for one redirect URI.
 *
 * @example
 * ```ts
 * new ClientRegistration({
 *   clientId: "client",
 *   region: "us",
 *   redirectUri: "https://app.example.com/callback",
 *   scope: "",
 *   createdAt: "2026-01-01T00:00:00Z"
 * })
 * ```
 * @since 0.1.0
 * @category models
 */
export class ClientRegistration extends onDemand(() =>
  Schema.Class<ClientRegistration>("ClientRegistration")({
    clientId: NonEmptyText.pipe(Schema.propertySignature, Schema.fromKey("client_id")),
    region: Region,
    redirectUri: NonEmptyText.pipe(Schema.propertySignature, Schema.fromKey("redirect_uri")),
    scope: Schema.String.annotations(withMessage("must be a string")),
    /** ISO 8601. */
    createdAt: NonEmptyText.pipe(Schema.propertySignature, Schema.fromKey("created_at")),
    /** The origin of the server that registered it. Files of `mixpanel_headless` do not say. */
    origin: optionalKey(Origin, "origin"),
    /** When a login with it last did not come back from the browser, in ISO 8601. */
    unfinishedAt: optionalKey(NonEmptyText, "unfinished_at")
  })
) {}

export interface ClientTrouble {
  readonly path: string
  readonly hasSecret: boolean
  readonly unfinishedAt: Option.Option<string>
}

export const decodeRegistration: (input: unknown) => Either.Either<ClientRegistration, ReadonlyArray<DecodeIssue>> =
  decodeTolerant(ClientRegistration)

/** Whether a server may know a client. One that does not say where it comes from is offered to any, as its tokens are. */
export const mayBeOf = ({ origin }: ClientRegistration, server: string): boolean =>
  Option.getOrElse(origin, () => server) === server

/** The content of a registration file, in mixpanel_headless's form, with what is ours behind it. */
export const encodeRegistration = (client: ClientRegistration): string =>
  JSON.stringify(
    {
      client_id: client.clientId,
      region: client.region,
      redirect_uri: client.redirectUri,
      scope: client.scope,
      created_at: client.createdAt,
      ...Option.match(client.origin, { onNone: () => ({}), onSome: (origin) => ({ origin }) }),
      ...Option.match(client.unfinishedAt, { onNone: () => ({}), onSome: (at) => ({ unfinished_at: at }) })
    },
    null,
    2
  )

/** The metadata that is sent to register a client (RFC 7591, section 2): a public client with PKCE. */
export const registrationRequest = (redirectUri: string) => ({
  redirect_uris: [redirectUri],
  grant_types: ["authorization_code", "refresh_token"],
  response_types: ["code"],
  token_endpoint_auth_method: "none",
  scope: registeredScope
})

const Registered = Schema.Struct({
  client_id: NonEmptyText,
  client_secret: Schema.optional(Schema.Unknown),
  token_endpoint_auth_method: Schema.optional(Schema.Unknown)
}).annotations(withMessage("must be an object with a client_id"))

const decodeRegistered = decodeTolerant(Registered)

/** Reads the answer of the registration endpoint: a `client_id` is all that is needed. */
export const readRegistered = (json: unknown) => decodeRegistered(json)

/** Whether the server wants a secret that was not asked for: such a client could not get any tokens. */
export const needsSecret = (registered: typeof Registered.Type): boolean =>
  typeof registered.client_secret === "string" &&
  registered.client_secret !== "" &&
  registered.token_endpoint_auth_method !== "none"
