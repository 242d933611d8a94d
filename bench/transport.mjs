/**
 * The authenticated client on its real transport against the same request by hand on the platform's own undici client:
 * over the loopback, the same credential, pools alike, one span a request on both sides, every body read and looked at.
 */
import { makeUndici } from "@effect/platform-node/NodeHttpClient"
import { Agent } from "@effect/platform-node/Undici"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { Layers, MixpanelHttpClient } from "../dist/index.js"
import { nodeHttpClient } from "../dist/node.js"
import { pairedRatio } from "./pairs.mjs"
import { withServer } from "./server.mjs"
import { credentials, sessions } from "./sessions.mjs"

const requests = 768
const loads = [1, 32, 256]

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

const byHand = (origin, authorization) =>
  makeUndici(new Agent()).pipe(
    HttpClient.mapRequest(HttpClientRequest.prependUrl(`${origin}/api/query`)),
    HttpClient.mapRequest(HttpClientRequest.setHeader("authorization", authorization)),
    HttpClient.filterStatusOk
  )

const runtimeOf = (origin) =>
  ManagedRuntime.make(
    Layers.mixpanelHttpClient.pipe(
      Layer.provide(Layer.merge(credentials, nodeHttpClient)),
      Layer.provideMerge(Layer.setConfigProvider(ConfigProvider.fromMap(new Map([["MP_API_BASE_URL", origin]]))))
    )
  )

const ratioAt = (runtime, [hand, ours], atOnce) =>
  pairedRatio({
    collect: false,
    rounds: 21,
    warmups: 4,
    base: () => runtime.runPromise(workers(hand, atOnce)),
    subject: () => runtime.runPromise(workers(ours, atOnce))
  })

/** Measures with HTTP Basic; a row for each load. */
export const measureTransport = () =>
  withServer(async (origin) => {
    const runtime = runtimeOf(origin)
    const { authorization, session } = sessions.basic
    const ours = await runtime.runPromise(
      Effect.flatMap(MixpanelHttpClient, (mixpanel) => mixpanel.forSession(session, "query"))
    )
    const clients = [byHand(origin, authorization), ours]
    const details = {}
    for (const atOnce of loads) details[atOnce] = await ratioAt(runtime, clients, atOnce)
    await runtime.dispose()
    const rows = loads.map((atOnce) => ({
      goal: `authenticated client / the platform's undici client by hand, ${atOnce} at once`,
      value: details[atOnce].ratio,
      unit: "ratio",
      must: 1.25,
      aim: 1.1,
      note: `processor time of this process for ${requests} requests; the server is another process`
    }))
    return { rows, details }
  })
