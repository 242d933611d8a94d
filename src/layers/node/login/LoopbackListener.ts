import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberSet from "effect/FiberSet"
import * as Layer from "effect/Layer"
import { CallbackListener } from "../../../services/oauth/CallbackListener.ts"
import { type SocketLimits, openServer } from "./loopbackServer.ts"
import { makeCallbackHandler, type CallbackHandler, type CallbackLimits } from "./callbackHandler.ts"

export interface ListenerLimits extends SocketLimits, CallbackLimits {}

/** What a login on a person's machine needs; a token request takes 15 s at most. */
export const defaultLimits: ListenerLimits = {
  headBytes: 16 * 1024,
  headMillis: 5000,
  maxIdleSockets: 640,
  pageWait: "20 seconds",
  drain: "1 second"
}

/** With other limits: for tests of this layer. */
export const layerWith = (limits: ListenerLimits): Layer.Layer<CallbackListener> =>
  Layer.succeed(CallbackListener, {
    listen: (ports, judge) =>
      Effect.gen(function* () {
        // Before the server: what is under way lives until they are closed.
        const fork = yield* FiberSet.makeRuntime<never>()
        const handler = makeCallbackHandler(judge, (effect) => void fork(Effect.interruptible(effect)), limits)
        const { port } = yield* Effect.acquireRelease(openServer(ports, limits, handler.receive), (server, exit) =>
          Effect.zipRight(takeLeave(handler, exit), server.close)
        )
        return { port, redirectUri: `http://localhost:${port}/callback` }
      })
  })

/**
 * `CallbackListener` on a port of the loopback interface.
 *
 * @example
 * ```ts
 * const flow = Layers.oauthFlow.pipe(Layer.provide([systemBrowser, loopbackListener]))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<CallbackListener> = layerWith(defaultLimits)

/** Whoever interrupts wants to be gone: then nothing is waited for, and an interruption ends the waiting, too. */
const takeLeave = (handler: CallbackHandler, exit: Exit.Exit<unknown, unknown>): Effect.Effect<void> => {
  const interrupted = Exit.isFailure(exit) && Cause.isInterruptedOnly(exit.cause)
  return Effect.exit(interrupted ? Effect.void : Effect.interruptible(handler.drain)).pipe(
    Effect.zipRight(handler.abort)
  )
}
