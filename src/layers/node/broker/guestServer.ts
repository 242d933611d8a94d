/** HTTP for the guests of a broker: heads that can be read in one way only, bodies as fast as the other side takes them. */
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import type { createServer, IncomingMessage, Server, ServerResponse } from "node:http"
import type { Door } from "../../../domain/broker/GuestHead.ts"
import type { GuestAnswer, GuestRequest } from "../../../services/broker/BrokerListener.ts"
import { makeIdleSockets } from "../listening.ts"
import { rejectBytes } from "../login/responses.ts"

export interface GuestLimits {
  /** Of a request line with its headers. */
  readonly headBytes: number
  /** A head that is not complete by then is dropped. */
  readonly headMillis: number
  /** The same for a request with its body. */
  readonly requestMillis: number
  /** How long a guest may take nothing of an answer. */
  readonly stalledMillis: number
  /** As many connections may be without a request; with one more, the oldest of them goes. */
  readonly maxIdleSockets: number
}

type Answer = (request: GuestRequest) => Effect.Effect<GuestAnswer>
type Fork = (effect: Effect.Effect<void>) => Fiber.RuntimeFiber<void>

/** A server that answers nobody until it knows its door. */
export const guestServer = (create: typeof createServer, answer: Answer, fork: Fork, limits: GuestLimits) => {
  const idle = makeIdleSockets(limits.maxIdleSockets)
  let door: Door | undefined
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    if (door === undefined) return void request.destroy()
    const fiber = fork(answered(guestRequest(door, request), response, answer, limits.stalledMillis))
    response.once("close", () => fiber.unsafeInterruptAsFork(fiber.id()))
  }
  const server: Server = create({
    insecureHTTPParser: false,
    maxHeaderSize: limits.headBytes,
    headersTimeout: limits.headMillis,
    requestTimeout: limits.requestMillis,
    connectionsCheckingInterval: Math.min(1000, limits.headMillis / 4),
    // Missing hosts get the same answer as wrong ones.
    requireHostHeader: false
  })
    .on("connection", idle.enter)
    .on("request", idle.listening(listener))
    .on("clientError", (error, socket) => (idle.isSilent(socket) ? rejectBytes(error, socket) : socket.destroy()))
    .on("error", () => {
      // Out of descriptors, for one: the connections that are there, and later ones, are still served.
    })
  const open = (at: Door): void => {
    door = at
  }
  return { server, open }
}

const guestRequest = (door: Door, request: IncomingMessage): GuestRequest => ({
  door,
  head: { method: request.method ?? "", target: request.url ?? "", headers: request.headersDistinct },
  // Whoever stops reading still answers.
  body: request.iterator({ destroyOnReturn: false })
})

const answered = (request: GuestRequest, response: ServerResponse, answer: Answer, stalledMillis: number) =>
  answer(request).pipe(
    Effect.flatMap((given) => Effect.promise(() => send(given, response, stalledMillis))),
    Effect.onError(() => Effect.sync(() => response.destroy()))
  )

/** Writes as fast as the guest reads; an answer that breaks off ends the connection, so that it does not look whole. */
const send = async ({ body, headers, status }: GuestAnswer, response: ServerResponse, stalledMillis: number) => {
  response.writeHead(status, headers)
  const iterator = body[Symbol.asyncIterator]()
  const giveUp = () => void iterator.return?.()
  response.once("close", giveUp)
  try {
    for (;;) {
      const { done, value } = await iterator.next()
      if (done === true) break
      for (const piece of value) {
        if (!response.write(piece)) await drained(response, stalledMillis)
      }
    }
    response.off("close", giveUp)
    response.end()
  } catch {
    giveUp()
    response.destroy()
  }
}

const drained = (response: ServerResponse, stalledMillis: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const end = (then: () => void) => () => {
      clearTimeout(timer)
      response.off("drain", goOn)
      response.off("close", giveUp)
      then()
    }
    const giveUp = end(() => reject(new Error("the guest takes nothing")))
    const goOn = end(resolve)
    const timer = setTimeout(giveUp, stalledMillis)
    response.once("drain", goOn)
    response.once("close", giveUp)
  })
