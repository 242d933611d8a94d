/** What the platform's client over `node:http` does only with the help of `nodeHttp.ts`. */
import { createServer as createSocketServer } from "node:net"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as CommandHttp from "#src/layers/node/http/CommandHttp.ts"
import { listening } from "./loopback.ts"

const send = (request: HttpClientRequest.HttpClientRequest) =>
  Effect.flatMap(HttpClient.HttpClient, (client) => client.execute(request))

it.scopedLive("an upload waits for a server that reads nothing", () =>
  Effect.gen(function* () {
    const server = yield* listening(() => createSocketServer((socket) => void socket.pause()))
    let produced = 0
    // 64 MiB, so that there is an end for whoever does not wait.
    const most = 1024
    const pieces = Stream.repeatEffect(
      Effect.sync(() => {
        produced += 65_536
        return new Uint8Array(65_536)
      })
    ).pipe(Stream.take(most))
    const upload = HttpClientRequest.bodyStream(HttpClientRequest.post(`http://127.0.0.1:${server.port}/`), pieces)
    yield* Effect.timeoutOption(send(upload), "1 second")
    expect(produced).toBeLessThan(32 * 1_048_576)
  }).pipe(Effect.provide(CommandHttp.layer))
)

it.scopedLive("a kept connection that was closed is asked again, once, and only for what may be repeated", () =>
  Effect.gen(function* () {
    const server = yield* listening((got) =>
      createSocketServer((socket) => {
        socket.on("error", () => undefined)
        let answered = false
        socket.on("data", (data) => {
          got.push(data.toString("latin1").split(" ")[0] ?? "")
          if (answered) return socket.destroy()
          answered = true
          return socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        })
      })
    )
    const url = `http://127.0.0.1:${server.port}/`
    const read = (request: HttpClientRequest.HttpClientRequest) => Effect.flatMap(send(request), ({ text }) => text)
    const turn = Effect.sleep(20)
    expect(yield* read(HttpClientRequest.get(url))).toBe("ok")
    yield* turn
    expect(yield* read(HttpClientRequest.get(url))).toBe("ok")
    yield* turn
    expect((yield* Effect.flip(read(HttpClientRequest.post(url))))._tag).toBe("RequestError")
    expect(server.got).toEqual(["GET", "GET", "GET", "POST"])
  }).pipe(Effect.provide(CommandHttp.layer))
)
