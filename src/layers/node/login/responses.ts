/** How anything is answered: whatever it is, with the same headers, on a connection that ends with it. */
import * as Effect from "effect/Effect"
import type { ServerResponse } from "node:http"
import type { Duplex } from "node:stream"
import { contentSecurityPolicy, type ListenerPage, renderPage } from "./callbackPage.ts"
import { codeOf } from "../../../domain/internal/systemRefusal.ts"

const headers: Readonly<Record<string, string>> = {
  Connection: "close",
  "Cache-Control": "no-store",
  "Content-Security-Policy": contentSecurityPolicy,
  "Cross-Origin-Opener-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY"
}

interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly html?: string
}

/** Answers; `true` when all of it was handed to the system, `false` when the connection ended before. */
const send = (response: ServerResponse, answer: Answer): Effect.Effect<boolean> =>
  Effect.async((resume) => {
    if (response.destroyed || response.socket === null) return resume(Effect.succeed(false))
    response.once("finish", () => resume(Effect.succeed(true)))
    response.once("close", () => resume(Effect.succeed(false)))
    const html = answer.html ?? ""
    response.writeHead(answer.status, {
      ...headers,
      ...(html === "" ? {} : { "Content-Type": "text/html; charset=utf-8" }),
      ...answer.headers,
      "Content-Length": Buffer.byteLength(html)
    })
    response.end(html)
  })

export const sendPage = (response: ServerResponse, page: ListenerPage): Effect.Effect<boolean> =>
  Effect.suspend(() => send(response, renderPage(page)))

export const sendRefusal = (response: ServerResponse, status: number): Effect.Effect<boolean> =>
  send(response, { status, ...(status === 405 ? { headers: { Allow: "GET" } } : {}) })

export const sendOnward = (response: ServerResponse, location: string): Effect.Effect<boolean> =>
  send(response, { status: 303, headers: { Location: location } })

const statusLine = (error: Error): string => {
  const code = codeOf(error)
  if (code === "HPE_HEADER_OVERFLOW") return "431 Request Header Fields Too Large"
  return code === "ERR_HTTP_REQUEST_TIMEOUT" ? "408 Request Timeout" : "400 Bad Request"
}

/** The answer to what is not even a request; no response object exists for it. */
export const rejectBytes = (error: Error, socket: Duplex): void => {
  if (!socket.writable) return void socket.destroy()
  const lines = [
    `HTTP/1.1 ${statusLine(error)}`,
    ...Object.entries(headers).map((header) => header.join(": ")),
    "Content-Length: 0"
  ]
  socket.end(`${lines.join("\r\n")}\r\n\r\n`, () => socket.destroy())
}
