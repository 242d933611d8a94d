import { expect, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { describe } from "vitest"
import * as CommandHttp from "#src/layers/node/http/CommandHttp.ts"
import * as UndiciHttp from "#src/layers/node/http/UndiciHttp.ts"
import { layer, MixpanelHttpClient } from "#src/services/api/MixpanelHttpClient.ts"
import { browserSession, projectKeys, serviceSession, tokens } from "../../../services/httpSupport.ts"
import { certificates, fromProcess, plainServer, proxyServer, tlsServer } from "./loopback.ts"

/** A connection is given back one turn after the body has ended. */
const freed = Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))

const password = "pr0xy-passw0rd"

const layerOf = { "node:http": CommandHttp.layer, undici: UndiciHttp.layer }

for (const name of ["node:http", "undici"] as const) {
  describe(`${name} without a proxy`, () => {
    it.scopedLive("a private authority is trusted through NODE_EXTRA_CA_CERTS, and named when it is missing", () =>
      Effect.gen(function* () {
        const server = yield* tlsServer
        const url = `https://127.0.0.1:${server.port}/x`
        const [without, withIt] = yield* Effect.all([
          fromProcess(name, {}, url),
          fromProcess(name, { NODE_EXTRA_CA_CERTS: certificates.ca }, url)
        ])
        expect(without.out).toMatchObject({ reason: expect.stringContaining("NODE_EXTRA_CA_CERTS") })
        expect(withIt.out).toMatchObject({ status: 200 })
      })
    )

    it.scopedLive("all accounts share the connections", () =>
      Effect.gen(function* () {
        const server = yield* plainServer
        const provider = ConfigProvider.fromMap(new Map([["MP_API_BASE_URL", `http://127.0.0.1:${server.port}`]]))
        yield* Effect.gen(function* () {
          const mixpanel = yield* MixpanelHttpClient
          for (const session of [serviceSession, browserSession, serviceSession]) {
            const client = yield* mixpanel.forSession(session, "query")
            yield* Effect.flatMap(client.get("/x"), (response) => response.text)
            yield* freed
          }
        }).pipe(
          Effect.provide(layer.pipe(Layer.provide(Layer.mergeAll(layerOf[name], tokens(), projectKeys({}))))),
          Effect.withConfigProvider(provider)
        )
        expect(server.got.map((request) => /(Basic|Bearer)/.exec(request)?.[0])).toEqual(["Basic", "Bearer", "Basic"])
        expect(server.sockets()).toBe(1)
      })
    )
  })

  describe(`${name} through a proxy`, () => {
    it.scopedLive("https: by a tunnel, with the authority of NODE_EXTRA_CA_CERTS", () =>
      Effect.gen(function* () {
        const server = yield* tlsServer
        const proxy = yield* proxyServer()
        const env = {
          HTTPS_PROXY: `http://user:${password}@127.0.0.1:${proxy.port}`,
          NODE_EXTRA_CA_CERTS: certificates.ca
        }
        const { out } = yield* fromProcess(name, env, `https://127.0.0.1:${server.port}/x`, "hello")
        expect(out).toEqual({ status: 200, location: null, body: "got hello" })
        expect(proxy.got.join("\n")).toContain(`CONNECT 127.0.0.1:${server.port}`)
        expect(proxy.got.join("\n")).toContain(Buffer.from(`user:${password}`).toString("base64"))
        expect(server.got.join("\n").toLowerCase()).not.toContain("proxy-authorization")
        expect(server.got.join("\n").toLowerCase()).toContain("content-length\n5")
      })
    )

    it.scopedLive("http: by forwarding; what it answers, redirects too, is handed on", () =>
      Effect.gen(function* () {
        const server = yield* plainServer
        const proxy = yield* proxyServer()
        const env = { http_proxy: `127.0.0.1:${proxy.port}`, HTTP_PROXY: "http://127.0.0.1:1" }
        const { out } = yield* fromProcess(name, env, `http://127.0.0.1:${server.port}/redirect`)
        expect(out).toMatchObject({ status: 302, location: "/elsewhere" })
        expect(proxy.got[0]).toContain(`GET http://127.0.0.1:${server.port}/redirect`)
      })
    )

    it.scopedLive("except for the hosts of NO_PROXY", () =>
      Effect.gen(function* () {
        const server = yield* plainServer
        const proxy = yield* proxyServer()
        const env = { HTTP_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY: "example.com,127.0.0.1" }
        const { out } = yield* fromProcess(name, env, `http://127.0.0.1:${server.port}/x`)
        expect(out).toMatchObject({ status: 200 })
        expect(proxy.got).toEqual([])
      })
    )

    it.scopedLive("what is addressed to this machine does not leave it", () =>
      Effect.gen(function* () {
        const server = yield* plainServer
        const { out } = yield* fromProcess(
          name,
          { HTTP_PROXY: "http://192.0.2.1:3128" },
          `http://127.0.0.1:${server.port}/x`
        )
        expect(out).toMatchObject({ status: 200 })
      })
    )

    it.scopedLive("its credentials are in no error", () =>
      Effect.gen(function* () {
        const refusing = yield* proxyServer(true)
        const addresses = [
          `http://user:${password}@127.0.0.1:${refusing.port}`,
          `http://user:${password}@127.0.0.1:1`,
          `socks9://user:${password}@127.0.0.1:1`,
          `http://user:${password}%zz@127.0.0.1:1`,
          `http://user:${password}@[`
        ]
        for (const address of addresses) {
          const { out, text } = yield* fromProcess(name, { HTTPS_PROXY: address }, "https://203.0.113.1/x")
          expect(out).toMatchObject({ reason: expect.any(String) })
          expect(text).not.toContain(password)
          expect(text).not.toContain(Buffer.from(`user:${password}`).toString("base64"))
        }
      })
    )
  })
}
