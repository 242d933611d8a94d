/** Promise 6: only a confirmed `invalid_grant` ends a session; anything else leaves the tokens as they are. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import { describe } from "vitest"
import { exitCodeOf } from "#src/cli/app/exitCode.ts"
import { tokensText } from "#src/domain/oauth/OAuthTokens.ts"
import * as CommandHttp from "#src/layers/node/http/CommandHttp.ts"
import * as UndiciHttp from "#src/layers/node/http/UndiciHttp.ts"
import { layerWith as memoryWith, MemoryFilesControl } from "#src/layers/memory/MemoryFiles.ts"
import * as ScriptedHttp from "#src/layers/memory/ScriptedHttp.ts"
import { CredentialFiles } from "#src/services/platform/CredentialFiles.ts"
import { TokenStore } from "#src/services/tokens/TokenStore.ts"
import { makeAuthority } from "./support/StrictAuthority.ts"
import { brokenConnections, generous, salvageable, type Shape, shapes } from "./support/shapes.ts"
import { type StrictServer, strictServer } from "./support/StrictServer.ts"
import {
  account,
  bearer,
  clientId,
  diskAt,
  expireStored,
  over,
  plantExpired,
  readText,
  temporaryHome,
  tokensOf,
  tokensPath
} from "./support/world.ts"

const transports = [
  ["node:http", CommandHttp.layer],
  ["undici", UndiciHttp.layer]
] as const

type Network = typeof UndiciHttp.layer

const world = (home: string, { url }: { readonly url: string }, network: Network = UndiciHttp.layer) =>
  over(diskAt(home), network, home, url)

/** Real time for the network, none for the test's clock. */
const arrival = (server: StrictServer) =>
  Effect.promise(async () => {
    while (server.arrived() === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    await new Promise((resolve) => setTimeout(resolve, 60))
  })

const asked = (home: string, server: StrictServer, network: Network, late: boolean) =>
  Effect.gen(function* () {
    const asking = yield* Effect.fork(Effect.either(Effect.provide(bearer, world(home, server, network))))
    if (late) {
      yield* arrival(server)
      yield* TestClock.adjust("14 seconds")
      expect(yield* Fiber.poll(asking)).toEqual(Option.none())
      yield* TestClock.adjust("1 seconds")
    }
    return yield* Fiber.join(asking)
  })

const stays = ({ exit, fault, late, spent }: Shape, network: Network) =>
  Effect.scoped(
    Effect.gen(function* () {
      const home = yield* temporaryHome
      const server = yield* strictServer
      yield* plantExpired(home, server.authority.login(clientId))
      const before = yield* readText(tokensPath(home))
      server.fail(fault)
      const error = Either.getOrThrowWith(
        Either.flip(yield* asked(home, server, network, late === true)),
        () => new Error("no error")
      )
      expect(error._tag).toBe("OAuthRefreshError")
      expect(exitCodeOf(error)).toBe(exit)
      expect(`${error.message} ${JSON.stringify(error)}`).not.toMatch(/[ar]t-\d|<h1>|X-Evil/)
      expect(server.arrived()).toBe(1)
      expect(server.elsewhere()).toBe(0)
      expect(yield* readText(tokensPath(home))).toBe(before)
      server.fail(null)
      if (spent === true) return
      const access = yield* Effect.provide(bearer, world(home, server, network))
      expect(server.authority.accepts(access)).toBe(true)
      expect(server.authority.figures().reuses).toBe(0)
    })
  )

/** A world in memory whose server is a function. */
const inMemory = (http: ScriptedHttp.ScriptedHandler) => {
  const authority = makeAuthority()
  const text = tokensText(tokensOf(authority.login(clientId)))
  return { text, layer: over(memoryWith({ [path]: text }), ScriptedHttp.layer(http), home) }
}
const home = "/home/test"
const path = tokensPath(home)

describe("network-proof", () => {
  it("there are more than 40 shapes", () => {
    expect(shapes.length + brokenConnections.length + 2).toBeGreaterThan(40)
    expect(new Set(shapes.map(({ name }) => name)).size).toBe(shapes.length)
  })

  for (const [name, network] of transports) {
    for (const shape of shapes) it.effect(`${name}: ${shape.name}: tokens untouched`, () => stays(shape, network))
  }

  for (const code of brokenConnections) {
    it.effect(`${code}: tokens untouched`, () => {
      const { layer, text } = inMemory(() => Effect.fail(new ScriptedHttp.ScriptedFailure({ code })))
      return Effect.gen(function* () {
        const error = yield* Effect.flip(bearer)
        expect(error._tag).toBe("OAuthRefreshError")
        expect(exitCodeOf(error)).toBe(75)
        const { snapshot } = yield* MemoryFilesControl
        expect(yield* snapshot).toEqual({ [path]: text })
      }).pipe(Effect.provide(layer))
    })
  }

  it.scoped("nobody listens; TLS spoken to a server without it: tokens untouched", () =>
    Effect.gen(function* () {
      const dir = yield* temporaryHome
      const server = yield* strictServer
      yield* plantExpired(dir, server.authority.login(clientId))
      const before = yield* readText(tokensPath(dir))
      const urls = ["http://127.0.0.1:9", server.url.replace("http:", "https:")]
      for (const [url, [, network]] of urls.flatMap((url) =>
        transports.map((transport) => [url, transport] as const)
      )) {
        const error = yield* Effect.flip(Effect.provide(bearer, world(dir, { url }, network)))
        expect(error._tag).toBe("OAuthRefreshError")
        expect(exitCodeOf(error)).toBe(75)
        expect(yield* readText(tokensPath(dir))).toBe(before)
      }
      expect(server.authority.figures().requests).toBe(0)
    })
  )
})

describe("a dead refresh token", () => {
  for (const status of [400, 401]) {
    it.scoped(`${status} invalid_grant ends the session, is told, and the token is not sent again`, () =>
      Effect.gen(function* () {
        const dir = yield* temporaryHome
        const server = yield* strictServer
        const first = server.authority.login(clientId)
        yield* plantExpired(dir, first)
        const before = yield* readText(tokensPath(dir))
        server.fail({ kind: "answer", status, body: '{"error":"invalid_grant"}' })
        const error = yield* Effect.flip(Effect.provide(bearer, world(dir, server)))
        expect(error._tag).toBe("OAuthRefreshRevoked")
        expect(exitCodeOf(error)).toBe(2)
        expect(error.hints).toEqual(["mp account login me"])
        expect(yield* readText(tokensPath(dir))).toBe(before)
        expect(server.arrived()).toBe(1)

        server.fail(null)
        for (let again = 0; again < 3; again += 1) {
          const same = yield* Effect.flip(Effect.provide(bearer, world(dir, server)))
          expect(same._tag).toBe("OAuthRefreshRevoked")
        }
        expect(server.arrived()).toBe(1)

        const fresh = server.authority.login(clientId)
        yield* Effect.provide(
          Effect.flatMap(TokenStore, (store) => store.put(account.name, tokensOf(fresh))),
          world(dir, server)
        )
        const access = yield* Effect.provide(bearer, world(dir, server))
        expect(server.authority.accepts(access)).toBe(true)
        expect(server.arrived()).toBe(2)
      })
    )
  }

  it.effect("another program stored newer tokens meanwhile: they are used, and nothing is called dead", () => {
    const newer = makeAuthority().login("other")
    const newerText = tokensText(tokensOf({ ...newer, refresh: "rt-9-9", access: "at-9-9" }, Option.none()))
    const shared = memoryWith({})
    const plantAndRefuse = Effect.flatMap(MemoryFilesControl, ({ plant }) => plant(path, newerText)).pipe(
      Effect.as({ status: 400, body: { error: "invalid_grant" } })
    )
    return Effect.gen(function* () {
      const control = yield* MemoryFilesControl
      yield* control.plant(path, tokensText(tokensOf(makeAuthority().login(clientId))))
      const files = yield* Effect.context<Layer.Layer.Success<typeof shared>>()
      const http = ScriptedHttp.layer(() => Effect.provide(plantAndRefuse, files))
      const access = yield* Effect.provide(bearer, over(Layer.succeedContext(files), http, home))
      expect(access).toBe("at-9-9")
      expect(yield* control.snapshot).toEqual({ [path]: newerText })
    }).pipe(Effect.provide(shared))
  })

  it.effect("the file was removed meanwhile: nobody is logged in, and nothing is written", () => {
    const shared = memoryWith({ [path]: tokensText(tokensOf(makeAuthority().login(clientId))) })
    return Effect.gen(function* () {
      const control = yield* MemoryFilesControl
      const files = yield* Effect.context<Layer.Layer.Success<typeof shared>>()
      const removeAndRefuse = Effect.flatMap(CredentialFiles, ({ remove }) => remove(path)).pipe(
        Effect.as({ status: 400, body: { error: "invalid_grant" } }),
        Effect.orDie,
        Effect.provide(files)
      )
      const error = yield* Effect.flip(
        Effect.provide(
          bearer,
          over(
            Layer.succeedContext(files),
            ScriptedHttp.layer(() => removeAndRefuse),
            home
          )
        )
      )
      expect(error._tag).toBe("OAuthTokenError")
      expect(yield* control.snapshot).toEqual({})
    }).pipe(Effect.provide(shared))
  })
})

describe("odd answers that are good all the same", () => {
  for (const { change, keepsRefreshToken = false, lifetime, name } of generous) {
    it.scoped(name, () =>
      Effect.gen(function* () {
        const dir = yield* temporaryHome
        const server = yield* strictServer
        const first = server.authority.login(clientId)
        yield* plantExpired(dir, first)
        server.fail({ kind: "change", change })
        yield* Effect.gen(function* () {
          const access = yield* bearer
          expect(access).toBe("at-0-2")
          const stored = yield* Effect.flatMap(TokenStore, ({ get }) => get(account.name))
          const tokens = Option.getOrThrow(stored)
          expect(Redacted.value(tokens.accessToken)).toBe("at-0-2")
          expect(Option.map(tokens.refreshToken, Redacted.value)).toEqual(
            Option.some(keepsRefreshToken ? first.refresh : "rt-0-2")
          )
          expect(tokens.expiresAt).toEqual(lifetime === null ? Option.none() : Option.some(lifetime * 1000))
          expect(tokens.scope).toBe("projects analysis")
          // mixpanel_headless's reader wants a time in every file.
          if (lifetime === null) {
            expect(yield* readText(tokensPath(dir))).toContain('"expires_at": "9999-12-31T00:00:00.000000+00:00"')
          }
          yield* TestClock.adjust("20 minutes")
          expect(yield* bearer).toBe("at-0-2")
          expect(server.arrived()).toBe(1)
        }).pipe(Effect.provide(world(dir, server)))
      })
    )
  }

  for (const { name, rewrite } of salvageable) {
    it.effect(`${name}: both tokens are found in it, used and stored`, () =>
      Effect.scoped(
        Effect.gen(function* () {
          const dir = yield* temporaryHome
          const server = yield* strictServer
          yield* plantExpired(dir, server.authority.login(clientId))
          server.fail({ kind: "rewrite", rewrite })
          for (const [, network] of transports) {
            const access = yield* Effect.provide(bearer, world(dir, server, network))
            expect(server.authority.accepts(access)).toBe(true)
            yield* expireStored(dir)
          }
          server.fail(null)
          expect(server.authority.accepts(yield* Effect.provide(bearer, world(dir, server)))).toBe(true)
          expect(server.authority.figures()).toMatchObject({ requests: 3, reuses: 0 })
        })
      )
    )
  }
})
