/** Servers and proxies on loopback, made for one test and gone with its scope. */
import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"
import { createServer, type RequestListener, request as httpRequest } from "node:http"
import { createServer as createTlsServer } from "node:https"
import { connect, type Socket, type Server as SocketServer } from "node:net"
import { pipeline } from "node:stream"
import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

export interface Listening {
  readonly port: number
  /** One entry a request: its request line and headers. */
  readonly got: Array<string>
  /** How many connections were opened. */
  readonly sockets: () => number
}

type Made<A> = Effect.Effect<A, never, Scope.Scope>

/** Listens on a port of its own for as long as the scope lasts. */
export const listening = (make: (got: Array<string>) => SocketServer): Made<Listening> =>
  Effect.acquireRelease(
    Effect.async<{ server: SocketServer; open: ReadonlyArray<Socket>; at: Listening }>((resume) => {
      const got = new Array<string>()
      const sockets = new Array<Socket>()
      const server = make(got)
      server.on("connection", (socket) => sockets.push(socket))
      server.listen(0, "127.0.0.1", () => {
        const address = server.address()
        const port = typeof address === "object" && address !== null ? address.port : 0
        resume(Effect.succeed({ server, open: sockets, at: { port, got, sockets: () => sockets.length } }))
      })
    }),
    ({ open, server }) =>
      Effect.sync(() => {
        for (const socket of open) socket.destroy()
        server.close()
      })
  ).pipe(Effect.map(({ at }) => at))

const answering =
  (got: Array<string>): RequestListener =>
  (request, response) => {
    got.push([`${request.method} ${request.url}`, ...request.rawHeaders].join("\n"))
    if (request.url === "/redirect") return response.writeHead(302, { location: "/elsewhere" }).end()
    const chunks = new Array<string>()
    request.on("data", (chunk) => chunks.push(String(chunk)))
    return request.on("end", () => response.end(`got ${chunks.join("")}`))
  }

/** Answers everything over `http:`. */
export const plainServer: Made<Listening> = listening((got) => createServer(answering(got)))

const certificate = (name: string) => fileURLToPath(new URL(`../../../fixtures/tls/${name}.pem`, import.meta.url))

/** A private authority, whose key nobody has, and a certificate for 127.0.0.1 that it signed. */
export const certificates = { ca: certificate("ca"), key: certificate("key"), cert: certificate("cert") }

/** Answers everything over `https:` with a certificate for 127.0.0.1. */
export const tlsServer: Made<Listening> = listening((got) =>
  createTlsServer({ key: readFileSync(certificates.key), cert: readFileSync(certificates.cert) }, answering(got))
)

/** A proxy that forwards and tunnels, or answers everything with 407. */
export const proxyServer = (refuse = false): Made<Listening> =>
  listening((got) =>
    createServer((request, response) => {
      got.push([`${request.method} ${request.url}`, ...request.rawHeaders].join("\n"))
      if (refuse) return response.writeHead(407).end()
      const { "proxy-authorization": _, ...headers } = request.headers
      const onward = httpRequest(request.url ?? "", { method: request.method ?? "GET", headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        // What breaks off there breaks off here.
        pipeline(answer, response, (error) => (error ? response.destroy() : undefined))
      })
      onward.on("error", () => response.destroy())
      return request.pipe(onward)
    }).on("connect", (request, client, head) => {
      got.push([`CONNECT ${request.url}`, ...request.rawHeaders].join("\n"))
      if (refuse) return client.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
      const [host = "", port = ""] = (request.url ?? "").split(":")
      const onward = connect(Number(port), host, () => {
        client.write("HTTP/1.1 200 Connection Established\r\n\r\n")
        onward.write(head)
        onward.pipe(client)
        client.pipe(onward)
      })
      onward.on("error", () => client.destroy())
      client.on("error", () => onward.destroy())
      return undefined
    })
  )

const child = fileURLToPath(new URL("client.child.ts", import.meta.url))

/** Sends a request from a process of its own that has just these variables. */
export const fromProcess = (
  transport: "node:http" | "undici",
  env: Readonly<Record<string, string>>,
  ...args: ReadonlyArray<string>
) =>
  Effect.async<{ readonly out: unknown; readonly text: string }>((resume) => {
    execFile(
      process.execPath,
      ["--import", "tsx", child, transport, ...args],
      { env: { PATH: process.env["PATH"], HOME: process.env["HOME"], ...env }, timeout: 25_000 },
      (_error, stdout, stderr) =>
        resume(Effect.sync(() => ({ out: stdout === "" ? {} : JSON.parse(stdout), text: stdout + stderr })))
    )
  })
