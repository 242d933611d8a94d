/** A body as a stream over real sockets: read no faster than it is taken, closed when nobody takes it, and ours where it breaks. */
import { createServer, type ServerResponse } from "node:http"
import { pipeline, Readable } from "node:stream"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { expect, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { describe } from "vitest"
import { NetworkFailed } from "#src/domain/api/ApiError.ts"
import * as CommandHttp from "#src/layers/node/http/CommandHttp.ts"
import * as UndiciHttp from "#src/layers/node/http/UndiciHttp.ts"
import { layer, MixpanelHttpClient } from "#src/services/api/MixpanelHttpClient.ts"
import { projectKeys, serviceSession, tokens } from "../../../services/httpSupport.ts"
import { listening } from "./loopback.ts"

const block = Buffer.alloc(65_536, "x")
const request = HttpClientRequest.get("/export")

/** What the server saw of its answer. */
interface Seen {
  sent: number
  closed: boolean
}

const endless = (response: ServerResponse, seen: Seen): void => {
  const body = new Readable({
    read() {
      seen.sent += block.length
      this.push(block)
    }
  })
  pipeline(body, response, () => {
    seen.closed = true
  })
}

const breakingOff = (response: ServerResponse): void => {
  response.writeHead(200, { "content-length": 1_000_000 })
  response.write(block, () => response.destroy())
}

for (const [name, http] of [
  ["node:http", CommandHttp.layer],
  ["undici", UndiciHttp.layer]
] as const) {
  describe(name, () => {
    const client = layer.pipe(Layer.provide(Layer.mergeAll(http, tokens(), projectKeys({}))))
    const over = <A, E>(
      answer: (response: ServerResponse, seen: Seen) => void,
      use: (mixpanel: MixpanelHttpClient["Type"], seen: Seen) => Effect.Effect<A, E>
    ) =>
      Effect.gen(function* () {
        const seen: Seen = { sent: 0, closed: false }
        const { port } = yield* listening(() => createServer((_, response) => answer(response, seen)))
        const provider = ConfigProvider.fromMap(new Map([["MP_API_BASE_URL", `http://127.0.0.1:${port}`]]))
        return yield* Effect.flatMap(MixpanelHttpClient, (mixpanel) => use(mixpanel, seen)).pipe(
          Effect.provide(client),
          Effect.withConfigProvider(provider)
        )
      })

    const closed = (seen: Seen) =>
      Effect.repeat(
        Effect.delay(
          Effect.sync(() => seen.closed),
          "10 millis"
        ),
        { until: (isSo) => isSo }
      )

    it.scopedLive("whoever stops early closes the connection", () =>
      over(endless, (mixpanel, seen) =>
        Effect.zipRight(
          Stream.runDrain(Stream.take(mixpanel.stream(serviceSession, "export", request), 1)),
          closed(seen)
        )
      )
    )

    it.scopedLive("whoever is interrupted closes the connection", () =>
      over(endless, (mixpanel, seen) =>
        Effect.gen(function* () {
          const began = yield* Deferred.make<void>()
          const fiber = yield* mixpanel.stream(serviceSession, "export", request).pipe(
            Stream.runForEach(() => Deferred.succeed(began, undefined)),
            Effect.fork
          )
          yield* Deferred.await(began)
          yield* Fiber.interrupt(fiber)
          yield* closed(seen)
        })
      )
    )

    it.scopedLive("what is not taken is not sent", () =>
      over(endless, (mixpanel, seen) =>
        Effect.gen(function* () {
          const fiber = yield* mixpanel.stream(serviceSession, "export", request).pipe(
            Stream.runForEach(() => Effect.never),
            Effect.fork
          )
          let before = -1
          while (seen.sent === 0 || seen.sent !== before) {
            before = seen.sent
            yield* Effect.sleep("200 millis")
          }
          expect(seen.sent).toBeLessThan(16_777_216)
          yield* Fiber.interrupt(fiber)
        })
      )
    )

    it.scopedLive("a body that breaks off is an error of ours, by stream and by the responses of forSession", () =>
      over(breakingOff, (mixpanel) =>
        Effect.gen(function* () {
          const streamed = yield* Effect.flip(Stream.runDrain(mixpanel.stream(serviceSession, "export", request)))
          const bound = yield* mixpanel.forSession(serviceSession, "export")
          const ofStream: unknown = yield* Effect.flip(
            Effect.flatMap(bound.execute(request), (response) => Stream.runDrain(response.stream))
          )
          const ofText: unknown = yield* Effect.flip(Effect.flatMap(bound.execute(request), ({ text }) => text))
          for (const error of [streamed, ofStream, ofText]) {
            expect(error).toBeInstanceOf(NetworkFailed)
            expect(error).toMatchObject({ _tag: "NetworkFailed", code: "NETWORK_ERROR" })
          }
        })
      )
    )
  })
}
