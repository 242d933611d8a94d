import { createServer, type IncomingMessage, type Server } from "node:http"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { expect, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import type * as HttpMethod from "@effect/platform/HttpMethod"
import { describe } from "vitest"
import * as CommandHttp from "#src/layers/node/http/CommandHttp.ts"
import { layer as transport } from "#src/layers/node/http/UndiciHttp.ts"
import { layer, MixpanelHttpClient } from "#src/services/api/MixpanelHttpClient.ts"
import {
  browserSession,
  headerSecret,
  projectKeys,
  secret,
  serviceSession,
  tokenNumber,
  tokens
} from "./httpSupport.ts"

interface Loopback {
  readonly origin: string
  readonly port: number
  /** Everything that arrived: request lines, headers, bodies. */
  readonly got: Array<string>
  readonly paths: Array<string>
}

const loopback = (redirectTo: (request: IncomingMessage) => { status: number; location?: string } | undefined) =>
  Effect.acquireRelease(
    Effect.async<{ server: Server; at: Loopback }>((resume) => {
      const got = new Array<string>()
      const paths = new Array<string>()
      const server = createServer((request, response) => {
        got.push([request.method, request.url, ...request.rawHeaders].join("\n"))
        paths.push(request.url ?? "")
        request.on("data", (chunk) => got.push(String(chunk)))
        const to = redirectTo(request)
        response.writeHead(to?.status ?? 200, to?.location === undefined ? {} : { location: to.location })
        response.end("{}")
      }).listen(0, "127.0.0.1", () => {
        const address = server.address()
        const port = typeof address === "object" && address !== null ? address.port : 0
        resume(Effect.succeed({ server, at: { origin: `http://127.0.0.1:${port}`, port, got, paths } }))
      })
    }),
    ({ server }) => Effect.sync(() => (server.closeAllConnections(), server.close()))
  ).pipe(Effect.map(({ at }) => at))

const over = (network: typeof transport, base: string) =>
  layer.pipe(
    Layer.provide(Layer.mergeAll(network, tokens(), projectKeys({}))),
    Layer.provideMerge(Layer.setConfigProvider(ConfigProvider.fromMap(new Map([["MP_API_BASE_URL", base]]))))
  )

/** Where 20 redirects lead; `T` is another server, `S` the same one. */
const cases: ReadonlyArray<readonly [status: number, location: string, method: HttpMethod.HttpMethod]> = [
  ...[301, 302, 303, 307, 308].map((status) => [status, "http://127.0.0.1:T/stolen", "GET"] as const),
  ...[301, 302, 303, 307, 308].map((status) => [status, "http://127.0.0.1:T/stolen", "POST"] as const),
  [307, "//127.0.0.1:T/stolen", "GET"],
  [307, "\\\\127.0.0.1:T\\stolen", "GET"],
  [302, "http://localhost:T/stolen", "GET"],
  [302, "http://localhost:S/other-name", "GET"],
  [302, "http://127.0.0.1:S@127.0.0.1:T/stolen", "GET"],
  [302, "http://user:pass@127.0.0.1:S/userinfo", "GET"],
  [302, "https://127.0.0.1:T/stolen", "GET"],
  [308, "HTTP://127.0.0.1:T/stolen?a=b#c", "HEAD"],
  [302, " http://127.0.0.1:T/stolen", "GET"],
  [307, "http://127.0.0.1:T/stolen", "DELETE"]
]

const credentialBytes = [secret, headerSecret, tokenNumber(0), "Basic ", "Bearer ", "x-corp", "authorization"]

describe("redirects", () => {
  const transports = [
    ["undici", transport],
    ["node:http", CommandHttp.layer],
    ["fetch as it comes", FetchHttpClient.layer]
  ] as const
  const all = transports.flatMap(([name, network]) => cases.map((entry) => [name, ...entry, network] as const))

  it.scopedLive.each(all)("%s: %i to %s after %s reaches no other origin", ([, status, location, method, network]) =>
    Effect.gen(function* () {
      const thief = yield* loopback(() => undefined)
      let target = ""
      const own = yield* loopback(({ url }) =>
        url?.startsWith("/api/query/start") ? { status, location: target } : undefined
      )
      target = location.replaceAll(":T", `:${thief.port}`).replaceAll(":S", `:${own.port}`)
      for (const session of [serviceSession, browserSession]) {
        const outcome = yield* Effect.gen(function* () {
          const client = yield* (yield* MixpanelHttpClient).forSession(session, "query")
          return yield* client.execute(HttpClientRequest.make(method)("/start"))
        }).pipe(Effect.either, Effect.provide(over(network, own.origin)))
        expect(Either.isLeft(outcome) && outcome.left._tag).toBe("UnexpectedResponse")
        expect(Either.isLeft(outcome) && outcome.left.message).not.toMatch(/stolen|a=b/)
      }
      expect(own.paths).toEqual(["/api/query/start", "/api/query/start"])
      expect(own.got.join("\n")).toMatch(/authorization/i)
      expect(thief.got).toEqual([])
      expect(credentialBytes.filter((mark) => thief.got.join("\n").toLowerCase().includes(mark.toLowerCase()))).toEqual(
        []
      )
    })
  )

  it.scopedLive("within the origin are followed, five of them", () =>
    Effect.gen(function* () {
      const hop = (url: string) => Number(/hop=(\d+)/.exec(url)?.[1] ?? 0)
      const own = yield* loopback(({ url = "" }) =>
        hop(url) > 0 ? { status: 302, location: `/api/query/next?hop=${hop(url) - 1}` } : undefined
      )
      const ask = (hops: number) =>
        Effect.gen(function* () {
          const client = yield* (yield* MixpanelHttpClient).forSession(serviceSession, "query")
          return yield* client.get("/start", { urlParams: { hop: hops, keep: "no" } })
        }).pipe(Effect.provide(over(transport, own.origin)))
      expect((yield* ask(5)).status).toBe(200)
      expect(own.paths.at(-1)).toBe("/api/query/next?hop=0")
      expect((yield* Effect.flip(ask(6))).message).toContain("more than 5 redirects")
    })
  )
})
