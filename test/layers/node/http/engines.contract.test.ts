/** What every transport does, whatever it is made of. */
import { createServer, type RequestListener } from "node:http"
import { createServer as createSocketServer, type Socket } from "node:net"
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib"
import * as HttpBody from "@effect/platform/HttpBody"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { describe } from "vitest"
import { networkReason } from "#src/domain/api/NetworkReason.ts"
import { maxReasonBytes } from "#src/domain/api/Scrub.ts"
import * as CommandHttp from "#src/layers/node/http/CommandHttp.ts"
import * as UndiciHttp from "#src/layers/node/http/UndiciHttp.ts"
import { readBeginning } from "#src/services/api/http/body.ts"
import { listening, plainServer } from "./loopback.ts"

const transports = [
  ["node:http", CommandHttp.layer],
  ["undici", UndiciHttp.layer]
] as const

const server = (listener: RequestListener) => listening(() => createServer(listener))

const socketServer = (onSocket: (socket: Socket) => void) => listening(() => createSocketServer(onSocket))

const at = ({ port }: { readonly port: number }, path = "/x") => `http://127.0.0.1:${port}${path}`

const sent = (request: HttpClientRequest.HttpClientRequest) =>
  Effect.flatMap(HttpClient.HttpClient, (client) => client.execute(request))

const got = (url: string) => sent(HttpClientRequest.get(url))

const textOf = (url: string) => Effect.flatMap(got(url), ({ text }) => text)

/** A port that nobody listens on. */
const freePort = Effect.scoped(Effect.map(plainServer, ({ port }) => port))

/** One turn for the connection to be given back. */
const freed = Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))

/** Echoes what was sent: method, headers and body. */
const echo: RequestListener = (request, response) => {
  const chunks = new Array<Buffer>()
  request.on("data", (chunk) => chunks.push(chunk))
  request.on("end", () =>
    response.end(
      JSON.stringify({ method: request.method, headers: request.headers, body: Buffer.concat(chunks).toString() })
    )
  )
}

const codings: Readonly<Record<string, (text: string) => Buffer>> = {
  gzip: gzipSync,
  "x-gzip": gzipSync,
  GZIP: gzipSync,
  br: brotliCompressSync,
  deflate: deflateSync,
  "deflate, gzip": (text) => gzipSync(deflateSync(text)),
  unheard: (text) => Buffer.from(text)
}

const words = "Zoë ".repeat(50_000)

for (const [name, layer] of transports) {
  describe(name, () => {
    it.scopedLive("follows no redirect", () =>
      Effect.gen(function* () {
        const response = yield* got(at(yield* plainServer, "/redirect"))
        expect([response.status, response.headers["location"]]).toEqual([302, "/elsewhere"])
      }).pipe(Effect.provide(layer))
    )

    it.scopedLive("uses a connection again", () =>
      Effect.gen(function* () {
        const listener = yield* plainServer
        for (let sending = 0; sending < 5; sending++) yield* Effect.zipRight(textOf(at(listener)), freed)
        expect(listener.sockets()).toBe(1)
      }).pipe(Effect.provide(layer))
    )

    it.scopedLive("names of headers are in lower case, what came twice is joined, and cookies are kept apart", () =>
      Effect.gen(function* () {
        const listener = yield* server((_, response) =>
          response
            .writeHead(200, [
              ["X-One", "Ä1"],
              ["X-Two", "a"],
              ["x-two", "b"],
              ["Set-Cookie", "a=1; Path=/"],
              ["Set-Cookie", "b=2"]
            ])
            .end()
        )
        const { cookies, headers } = yield* got(at(listener))
        expect([headers["x-one"], headers["x-two"], headers["set-cookie"]]).toEqual(["Ä1", "a, b", "a=1; Path=/, b=2"])
        expect(Object.entries(cookies.cookies).map(([cookie, { value }]) => [cookie, value])).toEqual([
          ["a", "1"],
          ["b", "2"]
        ])
      }).pipe(Effect.provide(layer))
    )

    it.scopedLive("sends every kind of body", () =>
      Effect.gen(function* () {
        const url = at(yield* server(echo))
        const form = new FormData()
        form.set("field", "value")
        form.set("file", new Blob(["content"]), "name.txt")
        const bodies = {
          text: HttpBody.text("Zoë"),
          json: HttpBody.unsafeJson({ a: 1 }),
          bytes: HttpBody.uint8Array(new Uint8Array([65, 66])),
          params: HttpBody.raw(new URLSearchParams({ a: "b c" })),
          raw: HttpBody.raw("plain"),
          blob: HttpBody.raw(new Blob(["b"], { type: "image/x" })),
          form: HttpBody.formData(form),
          stream: HttpBody.stream(Stream.make(new Uint8Array([67]), new Uint8Array([68])), "text/x", 2),
          empty: HttpBody.empty
        }
        const echoes = yield* Effect.forEach(Object.entries(bodies), ([kind, body]) =>
          HttpClientRequest.post(url).pipe(
            HttpClientRequest.setBody(body),
            sent,
            Effect.flatMap(({ json }) => json),
            Effect.map((json) => [kind, json])
          )
        )
        const headers = (type: string, length?: string) =>
          expect.objectContaining({
            "content-type": type,
            ...(length === undefined ? {} : { "content-length": length })
          })
        const plain = "text/plain;charset=UTF-8"
        expect(Object.fromEntries(echoes)).toMatchObject({
          text: { headers: headers("text/plain", "4"), body: "Zoë" },
          json: { headers: headers("application/json", "7"), body: '{"a":1}' },
          bytes: { headers: headers("application/octet-stream", "2"), body: "AB" },
          params: { headers: headers("application/x-www-form-urlencoded;charset=UTF-8", "5"), body: "a=b+c" },
          raw: { headers: headers(plain, "5"), body: "plain" },
          blob: { headers: headers("image/x", "1"), body: "b" },
          form: {
            headers: headers(expect.stringMatching(/^multipart\/form-data; boundary=/)),
            body: expect.stringMatching(/name="field"\r\n\r\nvalue[^]*filename="name.txt"[^]*\r\n\r\ncontent\r\n/)
          },
          stream: { headers: { "content-type": "text/x", "transfer-encoding": "chunked" }, body: "CD" },
          empty: { headers: { "content-length": "0" }, body: "" }
        })
      }).pipe(Effect.provide(layer))
    )

    it.scopedLive("says who it is and what it can read, unless the request does", () =>
      Effect.gen(function* () {
        const url = at(yield* server(echo))
        const usual = yield* Effect.flatMap(got(url), ({ json }) => json)
        expect(usual).toMatchObject({
          headers: { accept: "*/*", "accept-encoding": expect.stringContaining("gzip"), "user-agent": "node" }
        })
        const own = { accept: "text/x", "accept-encoding": "identity", "user-agent": "me" }
        const asked = HttpClientRequest.setHeaders(HttpClientRequest.get(url), own)
        expect(yield* Effect.flatMap(sent(asked), ({ json }) => json)).toMatchObject({ headers: own })
      }).pipe(Effect.provide(layer))
    )

    it.scopedLive("reads a body as whatever is asked for, once", () =>
      Effect.gen(function* () {
        const listener = yield* server(({ url }, response) => {
          if (url === "/form") response.setHeader("content-type", "application/x-www-form-urlencoded")
          return response.end(
            { "/json": '{"a":1}', "/text": "\uFEFFa=Zo%C3%AB", "/form": "a=Zo%C3%AB" }[url ?? ""] ?? ""
          )
        })
        const url = (path: string) => at(listener, path)
        const read = <A, E>(
          path: string,
          of: (response: Effect.Effect.Success<ReturnType<typeof got>>) => Effect.Effect<A, E>
        ) => Effect.flatMap(got(url(path)), of)
        expect(yield* read("/text", ({ text }) => text)).toBe("a=Zo%C3%AB")
        expect(yield* read("/json", ({ json }) => json)).toEqual({ a: 1 })
        expect(yield* read("/empty", ({ json }) => json)).toBe(null)
        expect(yield* read("/text", ({ json }) => Effect.flip(json))).toMatchObject({ reason: "Decode" })
        expect(yield* read("/text", ({ urlParamsBody }) => urlParamsBody)).toEqual([["a", "Zoë"]])
        expect((yield* read("/json", ({ arrayBuffer }) => arrayBuffer)).byteLength).toBe(7)
        expect((yield* read("/form", ({ formData }) => formData)).get("a")).toBe("Zoë")
        const response = yield* got(url("/json"))
        expect([yield* response.text, yield* response.text]).toEqual(['{"a":1}', '{"a":1}'])
        expect((yield* response.arrayBuffer).byteLength).toBe(7)
      }).pipe(Effect.provide(layer))
    )

    it.scopedLive("undoes the codings of a body, as a whole and as a stream", () =>
      Effect.gen(function* () {
        const listener = yield* server(({ method, url }, response) => {
          const coding = decodeURIComponent((url ?? "").slice(1))
          response.setHeader("content-encoding", coding)
          return response.end(method === "HEAD" ? "" : codings[coding]?.(words))
        })
        for (const coding of Object.keys(codings)) {
          const url = at(listener, `/${encodeURIComponent(coding)}`)
          expect([coding, (yield* textOf(url)) === words]).toEqual([coding, true])
          const pieces = yield* Effect.flatMap(got(url), ({ stream }) => Stream.runCollect(stream))
          expect([coding, Buffer.concat([...pieces]).toString() === words]).toEqual([coding, true])
          expect(yield* Effect.flatMap(sent(HttpClientRequest.head(url)), ({ text }) => text)).toBe("")
        }
      }).pipe(Effect.provide(layer))
    )

    it.scopedLive("a body that is not what its coding says is an error of the body", () =>
      Effect.gen(function* () {
        const listener = yield* server((_, response) => response.setHeader("content-encoding", "gzip").end("no gzip"))
        expect(yield* Effect.flip(textOf(at(listener)))).toMatchObject({ _tag: "ResponseError", reason: "Decode" })
      }).pipe(Effect.provide(layer))
    )

    it.scopedLive("a beginning is as long as asked for, however much a body swells", () =>
      Effect.gen(function* () {
        const bomb = gzipSync(Buffer.alloc(256 * 1024 * 1024))
        const listener = yield* server((_, response) => response.setHeader("content-encoding", "gzip").end(bomb))
        const before = process.memoryUsage().rss
        const beginning = yield* Effect.flatMap(got(at(listener)), readBeginning)
        expect(beginning.length).toBe(maxReasonBytes)
        expect(process.memoryUsage().rss - before).toBeLessThan(128 * 1024 * 1024)
      }).pipe(Effect.provide(layer))
    )

    it.scopedLive("reads no faster than its reader, and lets go of what is not read", () =>
      Effect.gen(function* () {
        const closed = yield* Deferred.make<number>()
        const listener = yield* server((_, response) => {
          const piece = Buffer.alloc(65_536)
          const more = () => {
            while (response.write(piece));
          }
          response.on("drain", more)
          response.on("close", () => Deferred.unsafeDone(closed, Exit.succeed(response.socket?.bytesWritten ?? 0)))
          more()
        })
        const { stream } = yield* got(at(listener))
        const slow = Stream.tap(Stream.take(stream, 3), () => Effect.sleep(100))
        expect(Chunk.size(yield* Stream.runCollect(slow))).toBe(3)
        expect(yield* Deferred.await(closed)).toBeLessThan(32 * 1024 * 1024)
      }).pipe(Effect.provide(layer))
    )

    it.scopedLive("an interruption ends the connection: while it waits, while it reads, while it sends", () =>
      Effect.gen(function* () {
        const reached = yield* Effect.makeSemaphore(1)
        const closed = yield* Effect.makeSemaphore(1)
        yield* reached.take(1)
        yield* closed.take(1)
        const listener = yield* server((request, response) => {
          response.on("close", () => Effect.runSync(closed.release(1)))
          if (request.url === "/reading") response.writeHead(200).write("some")
          if (request.url === "/decoding") {
            response.writeHead(200, { "content-encoding": "gzip" }).write(gzipSync(words).subarray(0, 100))
          }
          Effect.runSync(reached.release(1))
        })
        const endless = Stream.concat(Stream.make(new Uint8Array([1])), Stream.never)
        const upload = HttpClientRequest.post(at(listener)).pipe(HttpClientRequest.bodyStream(endless))
        const works = [
          textOf(at(listener, "/waiting")),
          ...["/reading", "/decoding"].flatMap((path) => [
            textOf(at(listener, path)),
            Effect.flatMap(got(at(listener, path)), ({ stream }) => Stream.runDrain(stream))
          ]),
          Effect.flatMap(sent(upload), ({ text }) => text)
        ]
        for (const work of works) {
          const fiber = yield* Effect.fork(work)
          yield* reached.take(1)
          yield* Effect.sleep(30)
          expect(Exit.isInterrupted(yield* Fiber.interrupt(fiber))).toBe(true)
          yield* closed.take(1)
        }
      }).pipe(Effect.provide(layer), Effect.timeout(10_000))
    )

    it.scopedLive("says why there was no answer", () =>
      Effect.gen(function* () {
        const resetting = yield* socketServer((socket) => socket.once("data", () => socket.resetAndDestroy()))
        const closing = yield* socketServer((socket) => socket.once("data", () => socket.end()))
        const babbling = yield* socketServer((socket) => socket.once("data", () => socket.end("no HTTP\r\n\r\n")))
        const plain = yield* plainServer
        const why = (request: HttpClientRequest.HttpClientRequest) =>
          Effect.map(Effect.flip(sent(request)), (error) => [error._tag, networkReason(error)])
        const url = at(plain)
        const failing = Stream.fail("mine" as const)
        expect({
          refused: yield* why(HttpClientRequest.get(at({ port: yield* freePort }))),
          name: yield* why(HttpClientRequest.get("http://nowhere.invalid/")),
          reset: yield* why(HttpClientRequest.get(at(resetting))),
          closed: yield* why(HttpClientRequest.get(at(closing))),
          babble: yield* why(HttpClientRequest.get(at(babbling))),
          tls: yield* why(HttpClientRequest.get(url.replace("http:", "https:"))),
          header: yield* why(HttpClientRequest.setHeader(HttpClientRequest.get(url), "x", "a\nb")),
          name2: yield* why(HttpClientRequest.setHeader(HttpClientRequest.get(url), "a b", "c")),
          upload: (yield* why(HttpClientRequest.bodyStream(HttpClientRequest.post(url), failing)))[0]
        }).toEqual({
          refused: ["RequestError", "the connection was refused"],
          name: [
            "RequestError",
            expect.stringMatching(/^the host name (does not resolve|cannot be resolved at the moment)$/)
          ],
          reset: ["RequestError", "the connection was reset"],
          closed: ["RequestError", "the other side closed the connection"],
          babble: ["RequestError", "the answer is not HTTP"],
          tls: ["RequestError", "the server does not speak TLS"],
          header: ["RequestError", "the request could not be sent: a header or the address is malformed"],
          name2: ["RequestError", "the request could not be sent: a header or the address is malformed"],
          upload: "RequestError"
        })
      }).pipe(Effect.provide(layer))
    )

    it.scopedLive("an answer that breaks off is an error of the body", () =>
      Effect.gen(function* () {
        const listener = yield* server((_, response) => {
          response.writeHead(200, { "content-length": "100" }).write("some")
          setTimeout(() => response.destroy(), 50)
        })
        expect(yield* Effect.flip(textOf(at(listener)))).toMatchObject({ _tag: "ResponseError", reason: "Decode" })
      }).pipe(Effect.provide(layer))
    )
  })
}

describe("undici", () => {
  it.scopedLive("a stream that was being sent is told when the request is given up", () =>
    Effect.gen(function* () {
      const started = yield* Deferred.make<void>()
      const finished = yield* Deferred.make<void>()
      const listener = yield* server(() => Deferred.unsafeDone(started, Effect.void))
      const endless = Stream.concat(Stream.make(new Uint8Array([1])), Stream.never).pipe(
        Stream.ensuring(Deferred.succeed(finished, undefined))
      )
      const upload = HttpClientRequest.post(at(listener)).pipe(HttpClientRequest.bodyStream(endless))
      const fiber = yield* Effect.fork(sent(upload))
      yield* Deferred.await(started)
      yield* Fiber.interrupt(fiber)
      yield* Deferred.await(finished)
    }).pipe(Effect.provide(UndiciHttp.layer), Effect.timeout(10_000))
  )

  it.scopedLive("a request that is given up before there is a connection is not sent", () =>
    Effect.gen(function* () {
      const listener = yield* plainServer
      const fiber = yield* Effect.fork(got(at(listener)))
      yield* Effect.yieldNow()
      yield* Fiber.interrupt(fiber)
      yield* Effect.sleep(50)
      expect(listener.got).toEqual([])
    }).pipe(Effect.provide(UndiciHttp.layer))
  )

  it.scopedLive("the agent of the program's own fetch stays what it is", () =>
    Effect.gen(function* () {
      const agent = () => Reflect.get(globalThis, Symbol.for("undici.globalDispatcher.1"))
      const before: unknown = agent()
      yield* textOf(at(yield* plainServer))
      expect(agent()).toBe(before)
    }).pipe(Effect.provide(UndiciHttp.layer))
  )
})
