/** Half a body is never a success, and an empty answer never a failure: every engine, way, coding, status, framing and cut. */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { expect, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { describe } from "vitest"
import { bodyReason } from "#src/domain/api/NetworkReason.ts"
import * as CommandHttp from "#src/layers/node/http/CommandHttp.ts"
import * as UndiciHttp from "#src/layers/node/http/UndiciHttp.ts"
import { gather } from "#src/services/api/http/gather.ts"
import { type Answer, answering, answers, expectedOf, nameOf, words } from "./answers.ts"
import { proxyServer } from "./loopback.ts"

const engines = { "node:http": CommandHttp.layer, undici: UndiciHttp.layer }

/** How an answer ends: as a whole, without a body, with an error, or in a way that it must not. */
const verdict = (body: Uint8Array): string => (body.length === 0 ? "empty" : words.equals(body) ? "whole" : "half")

const told = /ended after \d+ bytes?, before its encoding|broke off after \d+ bytes?:/

const readings = {
  gathered: (response: Parameters<typeof gather>[0]) => gather(response, 1e9),
  "as a stream": ({ stream }: Parameters<typeof gather>[0]) =>
    Effect.map(Stream.runCollect(stream), (pieces) => Buffer.concat([...pieces]))
}

const outcome = (url: string, answer: Answer, read: (typeof readings)[keyof typeof readings]) =>
  Effect.flatMap(HttpClient.HttpClient, (client) => client.execute(HttpClientRequest.make(answer.method)(url))).pipe(
    Effect.flatMap((response) => Effect.map(read(response), (body) => [response.status, verdict(body)])),
    Effect.catchAll((error) => {
      const reason = bodyReason(error)
      return Effect.succeed([answer.status, told.test(reason) ? "error" : `error: ${reason}`])
    })
  )

for (const [engine, layer] of Object.entries(engines)) {
  describe(engine, () => {
    for (const way of ["directly", "through a proxy"] as const) {
      for (const [name, read] of Object.entries(readings)) {
        it.scopedLive(`${way}, ${name}: ${answers.length} answers`, () =>
          Effect.gen(function* () {
            const server = yield* answering
            const proxy = yield* proxyServer()
            const variables = way === "directly" ? [] : [["HTTP_PROXY", `http://127.0.0.1:${proxy.port}`] as const]
            const got = yield* Effect.forEach(answers, (answer, index) =>
              Effect.map(outcome(`http://127.0.0.1:${server.port}/${index}`, answer, read), ([status, body]) => [
                nameOf(answer),
                status,
                body
              ])
            ).pipe(
              Effect.provide(
                Layer.fresh(layer).pipe(
                  Layer.provide(Layer.setConfigProvider(ConfigProvider.fromMap(new Map(variables))))
                )
              )
            )
            expect(got).toEqual(answers.map((answer) => [nameOf(answer), answer.status, expectedOf(answer)]))
            expect(proxy.got.length).toBe(way === "directly" ? 0 : answers.length)
          })
        )
      }
    }
  })
}
