/** The OAuth flow with the network under it. */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as oauth from "../../layers/node/oauth.ts"
import type { CredentialFiles } from "../../services/platform/CredentialFiles.ts"
import type { Locations } from "../../services/platform/Locations.ts"
import { OAuthFlow } from "../../services/oauth/OAuthFlow.ts"

/** Runs something with the flow, over the given disk. */
export const withFlow = <A, E>(
  context: Context.Context<CredentialFiles | Locations>,
  use: (flow: typeof OAuthFlow.Service) => Effect.Effect<A, E>
): Effect.Effect<A, E> => Effect.flatMap(OAuthFlow, use).pipe(Effect.provide(oauth.layer), Effect.provide(context))
