import * as NodePath from "@effect/platform-node/NodePath"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { layer as nodeCrypto } from "#src/layers/node/crypto.ts"
import { Crypto } from "#src/services/platform/Crypto.ts"
import { Locations, make } from "#src/services/platform/Locations.ts"
import { layerAt } from "../node/files/support.ts"

/** The files of somebody who lives there. */
export const diskAt = (home: string) =>
  Layer.effect(
    Locations,
    Effect.map(Effect.all([Path.Path, Crypto]), ([path, crypto]) => make({ home, cwd: home }, path, crypto))
  ).pipe(Layer.provideMerge(Layer.mergeAll(layerAt(home), nodeCrypto, NodePath.layer)))
