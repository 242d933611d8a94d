/** The OAuth flow, loaded with the network under it when a token has to be refreshed or a person logs in. */
import * as Effect from "effect/Effect"
import type { CredentialFiles } from "../../services/platform/CredentialFiles.ts"
import type { Locations } from "../../services/platform/Locations.ts"
import { OAuthFlow } from "../../services/oauth/OAuthFlow.ts"

type OAuthFlowShape = typeof OAuthFlow.Service

export const make = Effect.map(Effect.context<CredentialFiles | Locations>(), (context) => {
  const using = <A, E>(use: (flow: OAuthFlowShape) => Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.flatMap(
      Effect.promise(() => import("./onlineFlow.ts")),
      ({ withFlow }) => withFlow(context, use)
    )
  return OAuthFlow.of({
    login: (request) => using((flow) => flow.login(request)),
    refresh: (region, tokens, beforeSending) => using((flow) => flow.refresh(region, tokens, beforeSending)),
    whoIs: (region, token) => using((flow) => flow.whoIs(region, token)),
    revoke: (region, tokens) => using((flow) => flow.revoke(region, tokens))
  })
})
