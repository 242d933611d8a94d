/** The network, loaded when a command first needs it. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

export const online = Layer.unwrapEffect(
  Effect.map(
    Effect.promise(() => import("../../layers/node/online.ts")),
    ({ layer }) => layer
  )
)
