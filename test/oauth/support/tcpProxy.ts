/** A way to a server that can be hurt: cut, held up so that nobody is told, or led to another server. */
import { once } from "node:events"
import { connect, createServer, type Socket } from "node:net"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

export interface TcpProxy {
  readonly port: number
  /** Whoever goes through it is cut off, and cannot come back until it is mended. */
  readonly cut: () => void
  /** Nothing goes through any more, and nobody is told: what is on its way waits. */
  readonly hold: () => void
  /** Lets through what was held, and takes new connections. */
  readonly mend: () => void
  /** New connections lead to that port. Those that are held stay so for ever. */
  readonly leadTo: (port: number) => void
}

type Link = readonly [client: Socket, upstream: Socket]

const flow = ([client, upstream]: Link): void => {
  client.pipe(upstream)
  upstream.pipe(client)
}

const makeProxy = async (first: number) => {
  let to = first
  let state: "open" | "held" | "cut" = "open"
  const sockets = new Set<Socket>()
  const links = new Set<Link>()
  const server = createServer((client) => {
    if (state === "cut") {
      client.destroy()
      return
    }
    const link: Link = [client, connect(to, "127.0.0.1")]
    links.add(link)
    const end = () => {
      if (!links.delete(link)) return
      for (const socket of link) socket.destroy()
    }
    for (const socket of link) {
      sockets.add(socket)
      socket
        .on("error", end)
        .on("close", end)
        .on("close", () => sockets.delete(socket))
    }
    if (state === "open") flow(link)
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  if (address === null || typeof address === "string") throw new Error("no port")
  const drop = () => {
    for (const socket of sockets) socket.destroy()
  }
  const cut = () => {
    state = "cut"
    drop()
  }
  const hold = () => {
    state = "held"
    for (const link of links) for (const socket of link) socket.unpipe()
  }
  const mend = () => {
    state = "open"
    links.forEach(flow)
  }
  const leadTo = (port: number) => {
    to = port
    if (state === "held") links.clear()
  }
  return { port: address.port, cut, hold, mend, leadTo, close: () => (drop(), server.close()) }
}

export const tcpProxy = (to: number): Effect.Effect<TcpProxy, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(() => makeProxy(to)),
    ({ close }) => Effect.sync(close)
  )
