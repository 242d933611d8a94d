/** Raw sockets against a listener, and what else its tests need. */
import * as Effect from "effect/Effect"
import { connect, createServer, type Socket } from "node:net"
import { CallbackListener, type CallbackRequest, type CallbackVerdict } from "#src/services/oauth/CallbackListener.ts"

export const trueQuery = "code=the-code&state=the-state"

export const headOf = (port: number, target: string, lines: ReadonlyArray<string> = []): string =>
  ["GET " + target + " HTTP/1.1", `Host: localhost:${port}`, ...lines, "", ""].join("\r\n")

export interface Reply {
  /** 0 when there was no answer. */
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly raw: string
}

const parse = (raw: string): Reply => {
  const [head = "", ...rest] = raw.split("\r\n\r\n")
  const [first = "", ...lines] = head.split("\r\n")
  const headers = lines.map((line) => [line.split(": ")[0]?.toLowerCase() ?? "", line.split(": ").slice(1).join(": ")])
  return {
    status: Number(first.split(" ")[1] ?? 0),
    headers: Object.fromEntries(headers),
    body: rest.join("\r\n\r\n"),
    raw
  }
}

/** Sends bytes, and reads until the listener ends the connection. */
export const say = (port: number, bytes: string | Uint8Array, host = "127.0.0.1"): Promise<Reply> =>
  new Promise((resolve) => {
    let raw = ""
    const socket = connect({ port, host })
    socket.setEncoding("utf8")
    socket.on("connect", () => socket.write(bytes))
    socket.on("data", (text) => {
      raw += text
    })
    socket.on("error", () => socket.destroy())
    socket.on("close", () => resolve(parse(raw)))
  })

export const get = (port: number, target: string, lines: ReadonlyArray<string> = []): Promise<Reply> =>
  say(port, headOf(port, target, lines))

/** Opens a connection and says no more than this. */
export const linger = (port: number, bytes: string): Promise<Socket> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" })
    socket.on("error", () => socket.destroy())
    socket.on("connect", () => {
      if (bytes !== "") socket.write(bytes)
      resolve(socket)
    })
    socket.on("close", () => resolve(socket))
  })

const bind = (port: number, host: string): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once("error", () => resolve(false))
    server.listen({ port, host }, () => server.close(() => resolve(true)))
  })

/** Whether both addresses can be listened on. */
export const isFree = async (port: number): Promise<boolean> =>
  (await bind(port, "127.0.0.1")) && (await bind(port, "::1"))

/** Another program on this port, until the scope closes. */
export const occupied = (host: string, port = 0) =>
  Effect.acquireRelease(
    Effect.promise(
      () =>
        new Promise<{ readonly port: number; readonly close: () => void }>((resolve, reject) => {
          const server = createServer()
          server.once("error", reject)
          server.listen({ port, host }, () => {
            const address = server.address()
            resolve({
              port: typeof address === "object" && address !== null ? address.port : 0,
              close: () => server.close()
            })
          })
        })
    ),
    ({ close }) => Effect.sync(close)
  ).pipe(Effect.map((server) => server.port))

/** A port that was free a moment ago. */
export const freePort: Effect.Effect<number> = Effect.scoped(occupied("127.0.0.1"))

export const stray: CallbackVerdict = { _tag: "Stray", page: "not_ours" }

/** A judge that knows the true query, and what it was asked. */
export const recordingJudge = (ours: CallbackVerdict) => {
  const asked: Array<string> = []
  const judge = ({ query }: CallbackRequest): Effect.Effect<CallbackVerdict> =>
    Effect.sync(() => {
      asked.push(query)
      return query === trueQuery ? ours : stray
    })
  return { asked, judge, hits: () => asked.filter((query) => query === trueQuery).length }
}

export const listen = (
  judge: (request: CallbackRequest) => Effect.Effect<CallbackVerdict>,
  ports: ReadonlyArray<number> = []
) => Effect.flatMap(CallbackListener, (listener) => listener.listen(ports, judge))

export const elapsed = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.suspend(() => {
    const start = performance.now()
    return Effect.map(effect, (value) => ({ value, millis: performance.now() - start }))
  })
