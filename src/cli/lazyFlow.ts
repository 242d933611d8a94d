/** The OAuth flow, loaded with the network under it when a token has to be refreshed or a person logs in. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { CredentialFiles } from "../services/CredentialFiles.ts"
import type { Locations } from "../services/Locations.ts"
import { OAuthFlow } from "../services/OAuthFlow.ts"

const make = Effect.map(Effect.context<CredentialFiles | Locations>(), (context) => {
  const real = Effect.map(
    Effect.promise(() => import("../layers/oauth.ts")),
    ({ layer }) => Layer.provide(layer, Layer.succeedContext(context))
  )
  const using = <A, E>(use: (flow: OAuthFlowShape) => Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.flatMap(real, (layer) => Effect.provide(Effect.flatMap(OAuthFlow, use), layer))
  return OAuthFlow.of({
    login: (request) => using((flow) => flow.login(request)),
    refresh: (region, tokens) => using((flow) => flow.refresh(region, tokens)),
    revoke: (region, tokens) => using((flow) => flow.revoke(region, tokens))
  })
})

type OAuthFlowShape = typeof OAuthFlow.Service

export const lazyFlow: Layer.Layer<OAuthFlow, never, CredentialFiles | Locations> = Layer.effect(OAuthFlow, make)
