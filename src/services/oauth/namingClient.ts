import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Region } from "../../domain/account/identifiers.ts"
import { noOverrides } from "../../domain/api/Endpoints.ts"
import { authorizationServer } from "../../domain/oauth/AuthorizationServer.ts"
import { OAuthTokens } from "../../domain/oauth/OAuthTokens.ts"
import type { StoringError } from "../../domain/storage/StorageError.ts"
import type { ClientStore } from "./ClientStore.ts"

/** Tokens that do not say are of the region's registration, which stays behind. */
export const namingClient = (
  clients: Pick<ClientStore["Type"], "primary">,
  region: Region,
  tokens: OAuthTokens
): Effect.Effect<OAuthTokens, StoringError> => {
  if (Option.isSome(tokens.clientId)) return Effect.succeed(tokens)
  const origin = Option.getOrElse(tokens.origin, () => authorizationServer(region, noOverrides).origin)
  return Effect.map(
    clients.primary(region, origin),
    (client) => new OAuthTokens({ ...tokens, clientId: Option.map(client, ({ clientId }) => clientId) })
  )
}
