/** Servers and proxies on loopback, made for one test and gone with its scope. */
import { execFile, execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { createServer, type RequestListener, request as httpRequest } from "node:http"
import { createServer as createTlsServer } from "node:https"
import { connect, type Socket, type Server as SocketServer } from "node:net"
import { tmpdir } from "node:os"

import { join } from "node:path"
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

/** Answers everything over `https:` with a certificate for 127.0.0.1. */
export const tlsServer = (certificates: Certificates): Made<Listening> =>
  listening((got) =>
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

export interface Certificates {
  readonly ca: string
  readonly key: string
  readonly cert: string
}

/** A private authority, and a certificate for 127.0.0.1 that it signed. */
export const certificates: Made<Certificates> = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "mp-ca-"))),
  (directory) => Effect.sync(() => rmSync(directory, { recursive: true }))
).pipe(
  Effect.map((directory) => {
    const openssl = (...args: ReadonlyArray<string>) =>
      execFileSync("openssl", args, { cwd: directory, stdio: "ignore" })
    const ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    openssl("req", "-x509", ...ec, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Test CA")
    openssl(
      "req",
      "-x509",
      ...ec,
      "-keyout",
      "key.pem",
      "-out",
      "cert.pem",
      "-subj",
      "/CN=127.0.0.1",
      "-CA",
      "ca.pem",
      "-CAkey",
      "ca.key",
      "-addext",
      "subjectAltName=IP:127.0.0.1",
      "-addext",
      "basicConstraints=critical,CA:FALSE"
    )
    const file = (name: string) => join(directory, name)
    return { ca: file("ca.pem"), key: file("key.pem"), cert: file("cert.pem") }
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
