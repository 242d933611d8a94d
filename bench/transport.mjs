/**
 * The authenticated client on its real transport against the same request by hand on the platform's own undici client:
 * over the loopback, the same credential, pools alike, the same tracer on both sides, every body read and looked at.
 */
import { makeUndici } from "@effect/platform-node/NodeHttpClient"
import { Agent, request } from "@effect/platform-node/Undici"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { AccountName, MixpanelHttpClient, Project, ProjectId, ServiceAccount, Session } from "../dist/index.js"
import { layer } from "../dist/node.js"
import { withHome } from "./machine.mjs"
import { pairsOfWork, rowOf } from "./pairs.mjs"
import { exportedMiB, withServer } from "./server.mjs"

const requests = 768
const loads = [1, 32, 256]

const username = "team.292e7c.mp-service-account"
const secret = "0123456789abcdef0123456789abcdef"
const authorization = `Basic ${Encoding.encodeBase64(`${username}:${secret}`)}`
const account = new ServiceAccount({
  name: AccountName.make("team"),
  region: "us",
  username,
  secret: Redacted.make(secret)
})
const session = new Session({ account, project: new Project({ id: ProjectId.make("3018488") }) })

/** An answer that is not the whole one would be cheap to read. */
const checked = (text) => {
  if (!text.startsWith('{"results":[') || !text.endsWith("]}")) throw new Error("The answer is not what was asked for.")
}

const send = (client) =>
  Effect.flatMap(client.get("/segmentation", { urlParams: { event: "Login", unit: "day" } }), ({ text }) =>
    Effect.map(text, checked)
  )

const workers = (client, atOnce) => {
  const worker = Effect.repeatN(send(client), requests / atOnce - 1)
  return Effect.all(
    Array.from({ length: atOnce }, () => worker),
    { concurrency: "unbounded", discard: true }
  )
}

const byHand = (origin) =>
  makeUndici(new Agent()).pipe(
    HttpClient.mapRequest(HttpClientRequest.prependUrl(`${origin}/api/query`)),
    HttpClient.mapRequest(HttpClientRequest.setHeader("authorization", authorization)),
    HttpClient.filterStatusOk
  )

const whole = (bytes) => {
  if (bytes !== exportedMiB * 2 ** 20) throw new Error(`The export had ${bytes} bytes.`)
}

const streamed = (client) =>
  client.get("/export").pipe(
    Effect.map(({ stream }) => stream),
    Stream.unwrap,
    Stream.runFold(0, (bytes, chunk) => bytes + chunk.length),
    Effect.map(whole)
  )

const streamedBare = async (origin) => {
  const { body } = await request(`${origin}/api/query/export`, { headers: { authorization } })
  let bytes = 0
  for await (const chunk of body) bytes += chunk.length
  whole(bytes)
}

export default () =>
  withServer((origin) =>
    withHome({}, async () => {
      const provider = ConfigProvider.fromMap(new Map([["MP_API_BASE_URL", origin]]))
      const runtime = ManagedRuntime.make(layer.pipe(Layer.provideMerge(Layer.setConfigProvider(provider))))
      const ours = await runtime.runPromise(
        Effect.flatMap(MixpanelHttpClient, (mixpanel) => mixpanel.forSession(session, "query"))
      )
      const hand = byHand(origin)
      const rows = []
      for (const atOnce of loads) {
        const found = await pairsOfWork({
          collect: false,
          rounds: 61,
          warmups: 16,
          base: () => runtime.runPromise(workers(hand, atOnce)),
          subject: () => runtime.runPromise(workers(ours, atOnce))
        })
        rows.push(rowOf(`authenticated client / platform-node's undici by hand, ${atOnce} at once`, [1.25, 1.1], found))
      }
      const stream = await pairsOfWork({
        rounds: 9,
        base: () => streamedBare(origin),
        subject: () => runtime.runPromise(streamed(ours))
      })
      await runtime.dispose()
      return [...rows, rowOf(`streamed export of ${exportedMiB} MiB / undici`, [1.2, 1.05], stream)]
    })
  )
