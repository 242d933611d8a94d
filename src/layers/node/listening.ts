/** Servers of this machine, whatever they serve: where they listen, how they end, and who may wait at their door. */
import * as Effect from "effect/Effect"
import type { RequestListener, Server } from "node:http"
import type { AddressInfo } from "node:net"
import type { Duplex } from "node:stream"
import { codeOf } from "../../domain/internal/systemRefusal.ts"

/** Why a place was not to be had. */
export interface Unbound {
  readonly code: string
}

/** Listens at an address of this machine, or at the path of a socket; answers with the port. */
export const bind = (
  server: Server,
  place: { readonly host: string; readonly port: number } | { readonly path: string }
): Effect.Effect<number, Unbound> =>
  Effect.async((resume) => {
    const refused = (error: Error) => resume(Effect.fail({ code: codeOf(error) ?? error.name }))
    server.once("error", refused)
    server.listen({ ...place, backlog: 1024, exclusive: true }, () => {
      server.off("error", refused)
      resume(Effect.succeed(portOf(server.address())))
    })
  })

const portOf = (address: AddressInfo | string | null): number =>
  typeof address === "object" && address !== null ? address.port : 0

export const closeAll = (servers: ReadonlyArray<Server>): Effect.Effect<void> =>
  Effect.forEach(
    servers,
    (server) =>
      Effect.async<void>((resume) => {
        server.close(() => resume(Effect.void))
        server.closeAllConnections()
      }),
    { concurrency: "unbounded", discard: true }
  )

export type IdleSockets = ReturnType<typeof makeIdleSockets>

/** Everybody who came in and has sent no request yet: those who say nothing must not keep others out. */
export const makeIdleSockets = (most: number) => {
  const silent = new Set<Duplex>()
  return {
    enter: (socket: Duplex): void => {
      silent.add(socket)
      socket.once("close", () => silent.delete(socket))
      const [oldest] = silent
      if (silent.size > most) oldest?.destroy()
    },
    isSilent: (socket: Duplex): boolean => silent.has(socket),
    listening:
      (listener: RequestListener): RequestListener =>
      (request, response) => {
        silent.delete(request.socket)
        listener(request, response)
      }
  }
}
