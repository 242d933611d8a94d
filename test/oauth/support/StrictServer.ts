/** The strict authority behind real sockets on the loopback interface, with a script of faults. */
import { once } from "node:events"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type Answer, makeAuthority, type Reused, type StrictAuthority } from "./StrictAuthority.ts"

/** What happens to a request instead of a good answer. The token is spent where `handled` says so. */
export type Fault =
  | {
      readonly kind: "answer"
      readonly status: number
      readonly body: string
      readonly headers?: Readonly<Record<string, string>>
    }
  /** Handled by the rules, and then the body of the answer is changed. */
  | { readonly kind: "change"; readonly change: (body: Answer["body"]) => unknown }
  /** Handled by the rules, and then the text of the answer is changed. */
  | { readonly kind: "rewrite"; readonly rewrite: (text: string) => string }
  /** The connection is reset, with or without the request having been handled. */
  | { readonly kind: "reset"; readonly handled: boolean }
  /** Bytes that are no HTTP. */
  | { readonly kind: "garbage" }
  /** Headers and a part of the body, and then the connection ends, or stays silent. */
  | { readonly kind: "partial"; readonly after: "end" | "silence" }
  /** One byte every 20 ms, for ever. */
  | { readonly kind: "drip" }
  /** Nothing at all. */
  | { readonly kind: "silence" }

export interface StrictServer {
  /** For `MP_API_BASE_URL`. */
  readonly url: string
  readonly authority: StrictAuthority
  /** Applies to all requests until it is changed; `null` answers by the rules. */
  readonly fail: (fault: Fault | null) => void
  /** How long the server thinks before it answers. */
  readonly delay: (millis: number) => void
  /** Done once, when the next request has arrived, and before it is handled. */
  readonly uponArrival: (act: () => unknown) => void
  /** The lifetime of tokens from now on, in seconds. */
  readonly lifetime: (seconds: number) => void
  /** How many refreshes were in flight at once, at most. */
  readonly mostInFlight: () => number
  /** All requests that arrived at the token endpoint, the failed ones too. */
  readonly arrived: () => number
  /** Requests that arrived at any other path: a redirect that was followed, for instance. */
  readonly elsewhere: () => number
}

const readBody = async (request: IncomingMessage): Promise<string> => {
  let body = ""
  for await (const chunk of request) body += String(chunk)
  return body
}

const answer = (response: ServerResponse, { body, status }: Answer): void => {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" })
  response.end(JSON.stringify(body))
}

const faulty = (response: ServerResponse, fault: Fault, handle: () => Answer): void => {
  const socket = response.socket
  switch (fault.kind) {
    case "answer":
      response.writeHead(fault.status, { "content-type": "application/json", ...fault.headers })
      response.end(fault.body)
      return
    case "change": {
      const { body, status } = handle()
      response.writeHead(status, { "content-type": "application/json" })
      response.end(JSON.stringify(fault.change(body)))
      return
    }
    case "rewrite": {
      const { body, status } = handle()
      response.writeHead(status, { "content-type": "application/json" })
      response.end(fault.rewrite(JSON.stringify(body)))
      return
    }
    case "reset":
      if (fault.handled) handle()
      socket?.resetAndDestroy()
      return
    case "garbage":
      socket?.end("\u0016\u0003\u0001\u0002\u0000\u0001\u0000")
      return
    case "partial":
      response.writeHead(200, { "content-type": "application/json", "content-length": "400" })
      response.write('{"access_token": "at-')
      if (fault.after === "end") setImmediate(() => socket?.destroy())
      return
    case "drip": {
      response.writeHead(200, { "content-type": "application/json" })
      const timer = setInterval(() => response.write(" "), 20)
      response.once("close", () => clearInterval(timer))
      return
    }
    case "silence":
  }
}

const start = async (reused: Reused) => {
  let fault: Fault | null = null
  let delayMillis = 0
  let lifetimeSeconds = 3600
  let inFlight = 0
  let mostInFlight = 0
  let arrived = 0
  let elsewhere = 0
  let upon: () => unknown = () => undefined
  const authority = makeAuthority(() => lifetimeSeconds, reused)

  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const form = new URLSearchParams(await readBody(request))
    if (request.url !== "/oauth/token/") {
      elsewhere += 1
      response.writeHead(404).end()
      return
    }
    arrived += 1
    const act = upon
    upon = () => undefined
    await act()
    inFlight += 1
    mostInFlight = Math.max(mostInFlight, inFlight)
    response.once("close", () => {
      inFlight -= 1
    })
    const handle = () => authority.refresh(form)
    const finish = () => (fault === null ? answer(response, handle()) : faulty(response, fault, handle))
    if (delayMillis > 0) setTimeout(finish, delayMillis)
    else finish()
  }

  const server = createServer((request, response) => {
    take(request, response).catch(() => response.destroy())
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  if (address === null || typeof address === "string") throw new Error("no port")
  const strict: StrictServer = {
    url: `http://127.0.0.1:${address.port}`,
    authority,
    fail: (next) => {
      fault = next
    },
    delay: (millis) => {
      delayMillis = millis
    },
    uponArrival: (act) => {
      upon = act
    },
    lifetime: (seconds) => {
      lifetimeSeconds = seconds
    },
    mostInFlight: () => mostInFlight,
    arrived: () => arrived,
    elsewhere: () => elsewhere
  }
  const stop = async () => {
    server.close()
    server.closeAllConnections()
  }
  return { strict, stop }
}

/** A server of its own, gone with the scope. */
export const serverThat = (reused: Reused): Effect.Effect<StrictServer, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(() => start(reused)),
      ({ stop }) => Effect.promise(() => stop())
    ),
    ({ strict }) => strict
  )

/** One that forgives nothing. */
export const strictServer = serverThat("revokes")
