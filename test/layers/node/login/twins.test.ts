import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as FixedCrypto from "#src/layers/memory/FixedCrypto.ts"
import * as ScriptedBrowser from "#src/layers/memory/ScriptedBrowser.ts"
import * as ScriptedCallbacks from "#src/layers/memory/ScriptedCallbacks.ts"
import * as NodeCrypto from "#src/layers/node/crypto.ts"
import { Browser } from "#src/services/oauth/Browser.ts"
import { CallbackListener, type CallbackPage } from "#src/services/oauth/CallbackListener.ts"
import * as WebCrypto from "#src/services/platform/Crypto.ts"
import { listen, recordingJudge, stray } from "./sockets.ts"

describe("random bytes", () => {
  const draw = Effect.flatMap(WebCrypto.Crypto, ({ randomBytes }) =>
    Effect.all([randomBytes(32), randomBytes(64), randomBytes(32)])
  )

  const systems = { Node: NodeCrypto.layer, "the Web Crypto API": WebCrypto.layer }
  for (const [name, layer] of Object.entries(systems)) {
    it.effect(`of ${name}: as many as asked for, never the same`, () =>
      Effect.gen(function* () {
        const many = (yield* Effect.replicateEffect(draw, 100)).flat()
        expect(new Set(many.map((bytes) => Buffer.from(bytes).toString("hex"))).size).toBe(300)
        expect(many.map(({ length }) => length)).toEqual(Array.from({ length: 100 }, () => [32, 64, 32]).flat())
      }).pipe(Effect.provide(layer))
    )
  }

  it.effect("digests are the same everywhere (FIPS 180-4: abc)", () =>
    Effect.gen(function* () {
      for (const layer of [NodeCrypto.layer, WebCrypto.layer, FixedCrypto.layer]) {
        const digest = yield* Effect.provide(
          Effect.flatMap(WebCrypto.Crypto, ({ sha256 }) => sha256("abc")),
          layer
        )
        expect(Buffer.from(digest).toString("hex")).toBe(
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        )
      }
    })
  )

  it.effect("for tests: the same in every run, others in every call", () =>
    Effect.gen(function* () {
      const [first, second] = yield* Effect.all([
        Effect.provide(draw, FixedCrypto.layer),
        Effect.provide(draw, FixedCrypto.layer)
      ])
      expect(first).toEqual(second)
      expect(first).toEqual([1, 2, 3].map((call) => FixedCrypto.bytesOfCall(call, call === 2 ? 64 : 32)))
      expect(Buffer.from(first[1]).subarray(0, 8).toString("hex")).toBe("0000000200000002")
    })
  )
})

/** Requests the callback that the opened page leads to, with its state. */
const approve = (url: URL) =>
  Effect.flatMap(ScriptedCallbacks.ScriptedCallbacks, ({ deliver }) =>
    deliver(`code=the-code&state=${url.searchParams.get("state")}`)
  )

const world = ScriptedBrowser.layer(approve).pipe(Layer.provideMerge(ScriptedCallbacks.layer))

describe("a login without a network", () => {
  it.effect("the browser approves, the listener judges, the page is seen", () =>
    Effect.gen(function* () {
      const page = yield* Deferred.make<CallbackPage>()
      const { asked, judge } = recordingJudge({ _tag: "Ours", page: Deferred.await(page) })
      const browser = yield* Browser
      const callbacks = yield* ScriptedCallbacks.ScriptedCallbacks
      yield* Effect.scoped(
        Effect.gen(function* () {
          expect(yield* listen(judge)).toEqual({ port: 19284, redirectUri: "http://localhost:19284/callback" })
          expect(yield* browser.unavailable).toBeNull()
          expect(yield* callbacks.deliver("code=x&state=wrong")).toBe("not_ours")
          yield* browser.open("https://mixpanel.com/oauth/authorize/?state=the-state")
          yield* Effect.yieldNow()
          expect(yield* callbacks.listening).toBe(true)
          yield* Deferred.succeed(page, "success")
          while ((yield* callbacks.pages).length < 2) yield* Effect.yieldNow()
        })
      )
      expect(asked).toEqual(["code=x&state=wrong", "code=the-code&state=the-state"])
      expect(yield* callbacks.pages).toEqual(["not_ours", "success"])
      expect(yield* callbacks.listening).toBe(false)
      const { opened } = yield* ScriptedBrowser.ScriptedBrowser
      expect(yield* opened).toEqual(["https://mixpanel.com/oauth/authorize/?state=the-state"])
    }).pipe(Effect.provide(world))
  )

  it.effect("a delivery waits for a login; a second login finds the port busy", () =>
    Effect.gen(function* () {
      const { deliver } = yield* ScriptedCallbacks.ScriptedCallbacks
      const delivering = yield* Effect.fork(deliver("early"))
      yield* Effect.yieldNow()
      const nobody = () => Effect.succeed(stray)
      const listener = yield* CallbackListener
      const second = yield* Effect.scoped(
        Effect.gen(function* () {
          yield* listener.listen([], nobody)
          expect(yield* Fiber.join(delivering)).toBe("not_ours")
          return yield* Effect.flip(Effect.scoped(listener.listen([], nobody)))
        })
      )
      expect(second).toMatchObject({ _tag: "OAuthPortError", code: "OAUTH_PORT_ERROR" })
      yield* Effect.scoped(listener.listen([], nobody))
    }).pipe(Effect.provide(world))
  )

  it.effect("a browser that would not help says why", () =>
    Effect.gen(function* () {
      const { unavailable } = yield* Browser
      expect(yield* unavailable).toBe("an SSH session")
    }).pipe(Effect.provide(ScriptedBrowser.layer(() => Effect.void, { unavailable: "an SSH session" })))
  )
})
