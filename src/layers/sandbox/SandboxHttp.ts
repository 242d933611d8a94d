/** The sandbox's two sockets: bytes to a request, an answer (or half of one) to bytes. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { IncomingMessage, Server, ServerResponse } from "node:http"
import { buffer } from "node:stream/consumers"
import { gunzipSync } from "node:zlib"
import type { SandboxFault } from "./SandboxFaults.ts"
import type { RecordedRequest, Reply } from "./SandboxReply.ts"

/** The request as a value, once its body has arrived; `undefined` when the client left before that. */
export const receive = (message: IncomingMessage): Effect.Effect<RecordedRequest | undefined> =>
  Effect.gen(function* () {
    const bytes = yield* Effect.promise(() => buffer(message).catch(() => undefined))
    return bytes && recorded(message, bytes, yield* Clock.currentTimeMillis)
  })

const recorded = (message: IncomingMessage, bytes: Buffer, now: number): RecordedRequest => {
  const url = message.url ?? "/"
  const [path = "/", search = ""] = url.split(/\?(.*)/s)
  return {
    method: message.method ?? "GET",
    url,
    path: path.startsWith("/") ? path : `/${path}`,
    query: Object.fromEntries(new URLSearchParams(search)),
    headers: Object.fromEntries(
      Object.entries(message.headers).map(([name, value]) => [name, [value].flat().join(", ")])
    ),
    body: bodyText(bytes, message.headers["content-encoding"]),
    receivedAt: now
  }
}

const bodyText = (bytes: Buffer, encoding: string | undefined): string => {
  if (encoding !== "gzip") return bytes.toString("utf8")
  try {
    return gunzipSync(bytes).toString("utf8")
  } catch {
    return bytes.toString("latin1")
  }
}

/** Sends an answer the way a fault wants it sent; as it should be when there is none. */
export const send = (response: ServerResponse, reply: Reply, fault: SandboxFault | undefined): Effect.Effect<void> =>
  Effect.sync(() => {
    if (response.destroyed) return
    if (fault?.reset === "handled") return reset(response)
    const bytes = Buffer.from(reply.body)
    response.writeHead(reply.status, { ...mutable(reply.headers), "content-length": bytes.length })
    if (fault?.truncate === undefined) return void response.end(bytes)
    response.flushHeaders()
    const part = bytes.subarray(0, Math.min(fault.truncate, bytes.length - 1))
    response.write(part, () => response.socket?.destroySoon())
  })

/** Drops the connection with a TCP reset: the client sees `ECONNRESET` and no answer. */
export const reset = (response: ServerResponse): void => {
  response.socket?.resetAndDestroy()
}

const mutable = (headers: Reply["headers"]): Record<string, string | Array<string>> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === "string" ? value : [...value]])
  )

/** Listens on the loopback interface and answers with the port; what is under way ends with the scope. */
export const listening = (server: Server, port: number): Effect.Effect<number, Error, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.async<number, Error>((resume) => {
      server.once("error", (error) => resume(Effect.fail(error)))
      server.listen(port, "127.0.0.1", () => resume(Effect.succeed(portOf(server))))
    }),
    () =>
      Effect.async<void>((resume) => {
        server.close(() => resume(Effect.void))
        server.closeAllConnections()
      })
  )

export const portOf = (server: Server): number => {
  const address = server.address()
  return typeof address === "object" && address !== null ? address.port : 0
}
