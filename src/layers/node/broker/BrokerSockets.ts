import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Layer from "effect/Layer"
import type { Server } from "node:http"
import { BrokerNotListening } from "../../../domain/broker/BrokerNotListening.ts"
import { meaningOf } from "../../../domain/internal/errno.ts"
import { BrokerListener, type BrokerPlace } from "../../../services/broker/BrokerListener.ts"
import { CredentialFiles } from "../../../services/platform/CredentialFiles.ts"
import { nodeOps } from "../files/DiskOps.ts"
import { bind, closeAll } from "../listening.ts"
import { type GuestLimits, guestServer } from "./guestServer.ts"
import { privateSocket } from "./privateSocket.ts"

/** For guests on the same machine, which have nobody's patience to try. */
const defaultLimits: GuestLimits = {
  headBytes: 16 * 1024,
  headMillis: 10_000,
  requestMillis: 120_000,
  stalledMillis: 120_000,
  maxIdleSockets: 512
}

export const layer: Layer.Layer<BrokerListener, never, CredentialFiles> = Layer.effect(
  BrokerListener,
  Effect.map(CredentialFiles, (files) => {
    const bound = (server: Server, place: BrokerPlace) =>
      place._tag === "Loopback"
        ? Effect.mapError(bind(server, { host: "127.0.0.1", port: place.port }), ({ code }) =>
            notListening(`127.0.0.1:${place.port}`, meaningOf(code))
          )
        : files.withLock(place.path)(() => privateSocket(nodeOps, server, place.path))
    return BrokerListener.of({
      listen: (place, answer) =>
        Effect.gen(function* () {
          const fork = yield* FiberSet.makeRuntime<never>()
          const { createServer } = yield* Effect.promise(() => import("node:http"))
          const { server, open } = guestServer(createServer, answer, fork, defaultLimits)
          const port = yield* Effect.acquireRelease(bound(server, place), () => closeAll([server]))
          open(place._tag === "Socket" ? { _tag: "Socket" } : { _tag: "Loopback", port })
          return port
        })
    })
  })
)

const notListening = (place: string, reason: string) => new BrokerNotListening({ place, reason })
