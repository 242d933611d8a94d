/** The authenticated client on the real transport against plain `fetch`, 32 requests at once, over the loopback. */
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { Layers, MixpanelHttpClient, transport } from "../dist/index.js"
import { pairedRatio } from "./pairs.mjs"
import { withServer } from "./server.mjs"
import { credentials, sessions } from "./sessions.mjs"

const atOnce = 32
const requests = 640

/** An answer that is not the whole one would be cheap to read. */
const checked = (text) => {
  if (!text.startsWith('{"results":[') || !text.endsWith("]}")) throw new Error("The answer is not what was asked for.")
}

const rawFetch = (origin, authorization) => {
  const url = `${origin}/api/query/segmentation?event=Login&unit=day`
  const one = async () => checked(await (await fetch(url, { headers: { authorization } })).text())
  const worker = async () => {
    for (let sent = 0; sent < requests / atOnce; sent++) await one()
  }
  return () => Promise.all(Array.from({ length: atOnce }, worker))
}

const authenticated = async (runtime, session) => {
  const client = await runtime.runPromise(
    Effect.flatMap(MixpanelHttpClient, (mixpanel) => mixpanel.forSession(session, "query"))
  )
  const one = Effect.flatMap(client.get("/segmentation", { urlParams: { event: "Login", unit: "day" } }), ({ text }) =>
    Effect.map(text, checked)
  )
  const worker = Effect.repeatN(one, requests / atOnce - 1)
  const all = Effect.all(
    Array.from({ length: atOnce }, () => worker),
    { concurrency: "unbounded", discard: true }
  )
  return () => runtime.runPromise(all)
}

const runtimeOf = (origin) =>
  ManagedRuntime.make(
    Layers.mixpanelHttpClient.pipe(
      Layer.provide(Layer.merge(credentials, transport)),
      Layer.provideMerge(Layer.setConfigProvider(ConfigProvider.fromMap(new Map([["MP_API_BASE_URL", origin]]))))
    )
  )

/** Measures with HTTP Basic. */
export const measureTransport = () =>
  withServer(async (origin) => {
    const runtime = runtimeOf(origin)
    const { authorization, session } = sessions.basic
    const details = await pairedRatio({
      rounds: 21,
      warmups: 4,
      base: rawFetch(origin, authorization),
      subject: await authenticated(runtime, session)
    })
    await runtime.dispose()
    const row = {
      goal: `authenticated client (real transport) / raw fetch, ${atOnce} at once`,
      value: details.ratio,
      unit: "ratio",
      must: 1.15,
      aim: 1,
      note: `processor time of this process for ${requests} requests; the server is another process`
    }
    return { rows: [row], details }
  })
