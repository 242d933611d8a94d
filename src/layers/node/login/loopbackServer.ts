/** One port of the loopback interface, on both of its addresses, and the sockets that came in. */
import * as Effect from "effect/Effect"
import type { RequestListener, Server, ServerOptions } from "node:http"
import { meaningOf } from "../../../domain/internal/errno.ts"
import { OAuthPortError } from "../../../domain/oauth/OAuthError.ts"
import { bind, closeAll, type IdleSockets, makeIdleSockets, type Unbound } from "../listening.ts"
import { rejectBytes } from "./responses.ts"

export interface SocketLimits {
  /** Of a request line with its headers. */
  readonly headBytes: number
  /** A request that is not complete by then is dropped. */
  readonly headMillis: number
  /** As many connections may be without a request; with one more, the oldest of them goes. */
  readonly maxIdleSockets: number
}

/** On the first of these ports that is free, else on any. Not to be interrupted. */
export const openServer = (ports: ReadonlyArray<number>, limits: SocketLimits, listener: RequestListener) =>
  Effect.gen(function* () {
    const { createServer } = yield* Effect.promise(() => import("node:http"))
    const idle = makeIdleSockets(limits.maxIdleSockets)
    const makeServer = () => guarded(createServer(optionsOf(limits)), idle, idle.listening(listener))
    const candidates = [...ports, ...Array.from({ length: anyPortAttempts }, () => 0)]
    const { port, servers } = yield* Effect.firstSuccessOf(candidates.map((port) => bindBoth(makeServer, port)))
    return { port, close: closeAll(servers) }
  }).pipe(Effect.mapError(({ code }) => new OAuthPortError({ reason: meaningOf(code) })))

/** A port that the system hands out on one address may be taken on the other. */
const anyPortAttempts = 8

const optionsOf = ({ headBytes, headMillis }: SocketLimits): ServerOptions => ({
  maxHeaderSize: headBytes,
  headersTimeout: headMillis,
  requestTimeout: headMillis,
  connectionsCheckingInterval: Math.min(500, headMillis / 4),
  // Missing hosts get the same answer as wrong ones.
  requireHostHeader: false
})

const guarded = (server: Server, idle: IdleSockets, listener: RequestListener): Server => {
  // One answer, then the connection ends; whatever was sent after the request is not looked at.
  server.maxRequestsPerSocket = 1
  return server
    .on("connection", idle.enter)
    .on("request", listener)
    .on("checkContinue", listener)
    .on("checkExpectation", listener)
    .on("clientError", (error, socket) => (idle.isSilent(socket) ? rejectBytes(error, socket) : socket.destroy()))
    .on("error", () => {
      // Out of descriptors, for one: the connections that are there, and later ones, are still served.
    })
}

interface Bound {
  readonly port: number
  readonly servers: ReadonlyArray<Server>
}

/** `localhost` may mean either address, and a browser may try ::1 first: whoever holds that gets the code. */
const bindBoth = (makeServer: () => Server, wanted: number): Effect.Effect<Bound, Unbound> =>
  Effect.gen(function* () {
    const first = makeServer()
    const port = yield* bind(first, { host: "127.0.0.1", port: wanted })
    const second = makeServer()
    return yield* bind(second, { host: "::1", port }).pipe(
      Effect.as<Bound>({ port, servers: [first, second] }),
      Effect.catchAll((refusal) =>
        isTaken(refusal)
          ? Effect.zipRight(closeAll([first]), Effect.fail(refusal))
          : Effect.succeed<Bound>({ port, servers: [first] })
      )
    )
  })

/** Any other refusal means that there is no IPv6 here. */
const isTaken = ({ code }: Unbound): boolean => code === "EADDRINUSE" || code === "EACCES"
