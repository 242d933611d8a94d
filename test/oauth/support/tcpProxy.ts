/** A way to a server that can be cut: whoever goes through it is cut off, and cannot come back until it is mended. */
import { once } from "node:events"
import { connect, createServer, type Socket } from "node:net"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

export interface TcpProxy {
  readonly port: number
  readonly cut: () => void
  readonly mend: () => void
}

export const tcpProxy = (to: number): Effect.Effect<TcpProxy, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(async () => {
        const sockets = new Set<Socket>()
        let isCut = false
        const server = createServer((client) => {
          if (isCut) {
            client.destroy()
            return
          }
          const upstream = connect(to, "127.0.0.1")
          for (const [one, other] of [
            [client, upstream],
            [upstream, client]
          ] as const) {
            sockets.add(one)
            one
              .on("error", () => other.destroy())
              .on("close", () => {
                sockets.delete(one)
                other.destroy()
              })
            one.pipe(other)
          }
        })
        server.listen(0, "127.0.0.1")
        await once(server, "listening")
        const address = server.address()
        if (address === null || typeof address === "string") throw new Error("no port")
        const drop = () => {
          for (const socket of sockets) socket.destroy()
        }
        const cut = () => {
          isCut = true
          drop()
        }
        const mend = () => {
          isCut = false
        }
        return { port: address.port, cut, mend, close: () => (drop(), server.close()) }
      }),
      ({ close }) => Effect.sync(close)
    ),
    ({ cut, mend, port }) => ({ port, cut, mend })
  )
