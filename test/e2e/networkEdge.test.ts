/** The built `mp` where the network is not simple: proxies, exceptions from them, half and empty answers, long waits. */
import { createServer } from "node:http"
import { connect, createServer as createSocketServer } from "node:net"
import type { Duplex } from "node:stream"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { describe } from "vitest"
import { type Answer, answering, answers, expectedOf, nameOf, words } from "../layers/node/http/answers.ts"
import { type Listening, listening, plainServer, proxyServer } from "../layers/node/http/loopback.ts"
import { makeHome, runMp } from "../support/mp.ts"

const credential = { MP_USERNAME: "sa.user", MP_SECRET: "sa-secret", MP_PROJECT_ID: "11", MP_REGION: "us" }

const addressed = (server: Listening) => ({ ...credential, MP_API_BASE_URL: `http://127.0.0.1:${server.port}` })

const proxyAt = (proxy: Listening, user = "") => `http://${user}127.0.0.1:${proxy.port}`

const me = ["api", "/api/app/me"]

describe("whole, half and empty answers", () => {
  /** One of each kind of answer; all of them are tried in `wholeAnswers.test.ts`. */
  const chosen = answers
    .map((answer, index) => ({ answer, index }))
    .filter(({ answer: { framing, status } }) => status !== 400 && framing === "length")

  const outcome = (env: Readonly<Record<string, string>>, home: string, answer: Answer, index: number) =>
    Effect.map(runMp(["api", `/api/app/${index}`, "-X", answer.method], { home, env }), ({ code, stderr, stdout }) => {
      const isTold = /ended after \d+ bytes?, before its encoding|broke off after \d+ bytes?:/.test(stderr)
      const body = stdout === "" ? "empty" : stdout === words.toString() ? "whole" : "half"
      return [nameOf(answer), code === 75 && isTold ? "error" : code === 75 ? stderr : body]
    })

  it.scopedLive.each(["directly", "through a proxy"])(
    "%s",
    (way) =>
      Effect.gen(function* () {
        const server = yield* answering
        const proxy = yield* proxyServer()
        const home = yield* makeHome()
        const env = { ...addressed(server), ...(way === "directly" ? {} : { HTTP_PROXY: proxyAt(proxy) }) }
        const got = yield* Effect.forEach(chosen, ({ answer, index }) => outcome(env, home, answer, index), {
          concurrency: 2
        })
        expect(got).toEqual(chosen.map(({ answer }) => [nameOf(answer), expectedOf(answer)]))
        expect(proxy.got.length > 0).toBe(way !== "directly")
      }),
    120_000
  )
})

describe("a proxy", () => {
  const onlyProxied = {
    "a host of its own": "mixpanel.example",
    "another port": "127.0.0.1:1",
    "another network": "10.0.0.0/8",
    "the loopback of IPv6": "::1",
    nothing: ""
  }
  const direct = {
    "everything, with blanks": " * ",
    "the address": "127.0.0.1",
    "a list with blanks": "mixpanel.example, 127.0.0.1 ,",
    "a network": "127.0.0.0/8"
  }

  it.scopedLive("NO_PROXY keeps from it what it names, and nothing else", () =>
    Effect.gen(function* () {
      const server = yield* plainServer
      const proxy = yield* proxyServer()
      const home = yield* makeHome()
      const ask = (name: string, NO_PROXY: string) =>
        Effect.gen(function* () {
          const before = proxy.got.length
          const env = { ...addressed(server), HTTP_PROXY: proxyAt(proxy), NO_PROXY }
          const { code, stderr } = yield* runMp(me, { home, env })
          expect({ name, code, stderr }).toEqual({ name, code: 0, stderr: "" })
          return [name, proxy.got.length > before ? "proxied" : "direct"]
        })
      const port = { "the port": `127.0.0.1:${server.port}` }
      for (const [name, value] of Object.entries({ ...direct, ...port })) {
        expect(yield* ask(name, value)).toEqual([name, "direct"])
      }
      for (const [name, value] of Object.entries(onlyProxied)) {
        expect(yield* ask(name, value)).toEqual([name, "proxied"])
      }
    })
  )

  it.scopedLive("a user without a password, and one with both, are sent", () =>
    Effect.gen(function* () {
      const server = yield* plainServer
      const proxy = yield* proxyServer()
      const home = yield* makeHome()
      for (const [user, pair] of [
        ["jo@", "jo:"],
        ["jo:p%40ss@", "jo:p@ss"]
      ] as const) {
        const env = { ...addressed(server), HTTP_PROXY: proxyAt(proxy, user) }
        expect(yield* runMp(me, { home, env })).toMatchObject({ code: 0, stderr: "" })
        expect(proxy.got.at(-1)).toContain(`Basic ${Buffer.from(pair).toString("base64")}`)
      }
    })
  )

  it.scopedLive("that is down, wants credentials, is malformed or SOCKS is named as what it is, by its variable", () =>
    Effect.gen(function* () {
      const server = yield* plainServer
      const refusing = yield* proxyServer(true)
      const home = yield* makeHome()
      const cases = [
        { value: "http://jo:SECRET@127.0.0.1:1", says: "the proxy 127.0.0.1:1 could not be reached" },
        { value: proxyAt(refusing, "jo:SECRET@"), says: `the proxy 127.0.0.1:${refusing.port} refused: 407` },
        { value: "http://jo:SECRET#1@127.0.0.1:1", says: "HTTP_PROXY is not an http: or https: address of a proxy" },
        { value: "socks5://jo:SECRET@127.0.0.1:1", says: "HTTP_PROXY names a SOCKS proxy" }
      ]
      for (const { says, value } of cases) {
        const { code, stderr } = yield* runMp(me, { home, env: { ...addressed(server), HTTP_PROXY: value } })
        expect({ says, code, stderr }).toEqual({ says, code: 75, stderr: expect.stringContaining(says) })
        expect(stderr).not.toContain("SECRET")
      }
      const socks = { ALL_PROXY: "socks5://127.0.0.1:1" }
      const spared = { ...addressed(server), ...socks, NO_PROXY: "127.0.0.1" }
      expect(yield* runMp(me, { home, env: spared })).toMatchObject({ code: 0 })
      const used = yield* runMp(me, { home, env: { ...credential, ...socks } })
      expect(used).toMatchObject({ code: 75, stderr: expect.stringContaining("ALL_PROXY names a SOCKS proxy") })
    })
  )

  it.scopedLive("what is at the end of a tunnel is told as what it is", () =>
    Effect.gen(function* () {
      // A server that speaks no TLS.
      const server = yield* plainServer
      const through = (client: Duplex) => {
        client.write("HTTP/1.1 200 Connection Established\r\n\r\n")
        const onward = connect(server.port, "127.0.0.1")
        onward.on("error", () => client.destroy())
        client.on("error", () => onward.destroy())
        onward.pipe(client)
        client.pipe(onward)
      }
      const tunnel = yield* listening((got) =>
        createServer().on("connect", (request, client) => {
          got.push(`CONNECT ${request.url}`)
          through(client)
        })
      )
      const { code, stderr } = yield* runMp(me, {
        home: yield* makeHome(),
        env: { ...credential, HTTPS_PROXY: proxyAt(tunnel) }
      })
      expect(tunnel.got[0]).toBe("CONNECT mixpanel.com:443")
      expect({ code, stderr }).toEqual({ code: 75, stderr: expect.stringContaining("does not speak TLS") })
    })
  )
})

describe("a wait that the server asks for", () => {
  it.scopedLive.each([
    ["seconds", () => "3600"],
    ["a date", () => new Date(Date.now() + 3_600_000).toUTCString()]
  ] satisfies ReadonlyArray<[string, () => string]>)("in %s: told, and not slept through", ([, header]) =>
    Effect.gen(function* () {
      const server = yield* listening((got) =>
        createSocketServer((socket) => {
          socket.on("error", () => undefined)
          socket.once("data", () => {
            got.push("asked")
            socket.end(`HTTP/1.1 429 Slow down\r\nRetry-After: ${header()}\r\nContent-Length: 2\r\n\r\n{}`)
          })
        })
      )
      const { code, stderr } = yield* runMp([...me, "-f", "json"], { home: yield* makeHome(), env: addressed(server) })
      expect({ code, asked: server.got.length }).toEqual({ code: 5, asked: 1 })
      const waited = Object(JSON.parse(stderr.trimEnd().split("\n").at(-1) ?? "")).error.details.retry_after
      expect(Math.abs(waited - 3600)).toBeLessThan(60)
    })
  )
})
