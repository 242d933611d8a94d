import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { PlainHeaders } from "../../domain/api/RequestHeaders.ts"
import type { BrokerNotListening } from "../../domain/broker/BrokerNotListening.ts"
import type { Door, GuestHead } from "../../domain/broker/GuestHead.ts"
import type { FileError, LockError } from "../../domain/errors.ts"

/** Where to listen: at a port of the loopback interface (0: any that is free), or at a socket. */
export type BrokerPlace =
  | { readonly _tag: "Loopback"; readonly port: number }
  | { readonly _tag: "Socket"; readonly path: string }

export interface GuestRequest {
  readonly door: Door
  readonly head: GuestHead
  /** Read once; whoever stops early gives the request up. */
  readonly body: AsyncIterable<Uint8Array>
}

export interface GuestAnswer {
  readonly status: number
  readonly headers: PlainHeaders
  /** As it comes; nothing is read that the guest does not take. */
  readonly body: AsyncIterable<ReadonlyArray<Uint8Array>>
}

/**
 * Listens on this machine for the guests of a broker.
 */
export class BrokerListener extends Context.Tag("effect-mixpanel/BrokerListener")<
  BrokerListener,
  {
    /**
     * Listens until the scope closes, and then leaves nothing behind; answers with the port. Every request is answered in a fiber of its own, which is
     * interrupted when its guest is gone. A socket is made for its owner alone; one that nobody listens at any more is
     * replaced, if it is the user's own.
     */
    readonly listen: (
      place: BrokerPlace,
      answer: (request: GuestRequest) => Effect.Effect<GuestAnswer>
    ) => Effect.Effect<number, BrokerNotListening | FileError | LockError, Scope.Scope>
  }
>() {}
