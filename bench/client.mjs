/**
 * The authenticated client against the least that signs a request by hand (base URL, `Authorization`,
 * `filterStatusOk`), both over the same transport, which answers at once and always with the same web `Response`:
 * no network, an empty body, nothing that would make the difference look smaller than it is.
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Layers, MixpanelHttpClient } from "../dist/index.js"
import { pairedRatio } from "./pairs.mjs"
import { credentials, sessions } from "./sessions.mjs"

const requests = 1_000

const answer = new Response(null, { status: 200 })

const mock = HttpClient.make((request) => Effect.succeed(HttpClientResponse.fromWeb(request, answer)))

const bare = (authorization) =>
  mock.pipe(
    HttpClient.mapRequest(HttpClientRequest.prependUrl("https://mixpanel.com/api/query")),
    HttpClient.mapRequest(HttpClientRequest.setHeader("authorization", authorization)),
    HttpClient.filterStatusOk
  )

const authenticated = (session) =>
  Effect.runPromise(
    Effect.flatMap(MixpanelHttpClient, (client) => client.forSession(session, "query")).pipe(
      Effect.provide(
        Layers.mixpanelHttpClient.pipe(
          Layer.provide(credentials),
          Layer.provide(Layer.succeed(HttpClient.HttpClient, mock))
        )
      )
    )
  )

const send = (client) => client.get("/segmentation", { urlParams: { event: "Login", unit: "day" } })

/** As programs do it. The platform cancels what nobody reads, and that costs more than all the rest. */
const sendAndRead = (client) => Effect.flatMap(send(client), ({ text }) => text)

const many = (call) => () => Effect.runPromise(Effect.repeatN(call, requests - 1))

const measureOne = async ({ authorization, session }, call) =>
  pairedRatio({
    rounds: 21,
    warmups: 5,
    base: many(call(bare(authorization))),
    subject: many(call(await authenticated(session)))
  })

const note = `processor time of ${requests.toLocaleString("en")} requests, empty bodies read`

/** Measures both kinds of credential; a row for each. */
export const measureClient = async () => {
  const details = {
    basic: await measureOne(sessions.basic, sendAndRead),
    bearer: await measureOne(sessions.bearer, sendAndRead),
    unreadBasic: await measureOne(sessions.basic, send),
    unreadBearer: await measureOne(sessions.bearer, send)
  }
  const rows = ["basic", "bearer"].map((kind) => ({
    goal: `authenticated client (${kind}) / bare client, on a mock transport`,
    value: details[kind].ratio,
    unit: "ratio",
    must: 1.3,
    aim: 1.1,
    note
  }))
  return { rows, details }
}
