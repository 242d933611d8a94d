/** The API refuses a bearer that seems fresh: one forced refresh, however many report it, and none for a late report. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { describe } from "vitest"
import { tokensText } from "#src/domain/oauth/OAuthTokens.ts"
import { layerWith as memoryWith } from "#src/layers/memory/MemoryFiles.ts"
import * as ScriptedHttp from "#src/layers/memory/ScriptedHttp.ts"
import { makeAuthority } from "./support/StrictAuthority.ts"
import { bearer, clientId, over, refused, tokensOf, tokensPath } from "./support/world.ts"

const home = "/home/test"
const later = Option.some(3_600_000)

/** Tokens that are fresh by the clock. */
const fresh = () => {
  const authority = makeAuthority()
  const first = authority.login(clientId)
  const files = memoryWith({ [tokensPath(home)]: tokensText(tokensOf(first, later)) })
  const http = ScriptedHttp.layer(({ body }) =>
    Effect.as(Effect.yieldNow(), authority.refresh(new URLSearchParams(body)))
  )
  return { authority, first, files, http, layer: over(files, http, home) }
}

const reports = (count: number, access: string) =>
  Effect.flatMap(
    Effect.forEach(Array.from({ length: count }), () => Effect.fork(refused(access))),
    Effect.forEach(Fiber.join)
  )

describe("a refused bearer", () => {
  it.effect("1,000 fibers report it: one refresh, and asking again gives another one", () => {
    const { authority, first, layer } = fresh()
    return Effect.gen(function* () {
      expect(yield* bearer).toBe(first.access)
      expect(authority.figures().requests).toBe(0)
      expect(new Set(yield* reports(1_000, first.access))).toEqual(new Set([true]))
      expect(authority.figures().requests).toBe(1)
      expect(authority.accepts(yield* bearer)).toBe(true)
    }).pipe(Effect.provide(layer))
  })

  it.effect("a late report about an old bearer discards nothing", () => {
    const { authority, first, layer } = fresh()
    return Effect.gen(function* () {
      yield* refused(first.access)
      const second = yield* bearer
      expect(yield* refused(first.access)).toBe(true)
      expect(yield* refused("a bearer that nobody knows")).toBe(true)
      expect(yield* bearer).toBe(second)
      expect(authority.figures()).toMatchObject({ requests: 1, reuses: 0 })
    }).pipe(Effect.provide(layer))
  })

  it.effect(
    "reports about the old and the new one at once: the new one is replaced, and nobody is told otherwise",
    () => {
      const { authority, first, layer } = fresh()
      return Effect.gen(function* () {
        yield* refused(first.access)
        const second = yield* bearer
        const old = yield* Effect.fork(refused(first.access))
        const current = yield* Effect.fork(refused(second))
        expect(yield* Fiber.join(old)).toBe(true)
        expect(yield* Fiber.join(current)).toBe(true)
        expect(yield* bearer).not.toBe(second)
        expect(authority.figures()).toMatchObject({ requests: 2, reuses: 0 })
      }).pipe(Effect.provide(layer))
    }
  )

  it.scoped("several processes report it: one refresh", () => {
    const { authority, files, first, http } = fresh()
    return Effect.gen(function* () {
      const shared = Layer.succeedContext(yield* Layer.build(files))
      const fibers = yield* Effect.forEach(Array.from({ length: 20 }), () =>
        Effect.fork(Effect.provide(refused(first.access), over(shared, http, home)))
      )
      expect(new Set(yield* Effect.forEach(fibers, Fiber.join))).toEqual(new Set([true]))
      expect(authority.figures()).toMatchObject({ requests: 1, reuses: 0 })
    })
  })

  it.effect("a server that gives the same access token again: asking again would not help", () => {
    const authority = makeAuthority()
    const first = authority.login(clientId)
    const layer = over(
      memoryWith({ [tokensPath(home)]: tokensText(tokensOf(first, later)) }),
      ScriptedHttp.layer(() => ({ body: { access_token: first.access, expires_in: 3600 } })),
      home
    )
    return Effect.gen(function* () {
      expect(yield* refused(first.access)).toBe(false)
    }).pipe(Effect.provide(layer))
  })

  it.effect("without a refresh token: told, with the command that helps", () => {
    const authority = makeAuthority()
    const first = authority.login(clientId)
    const text = tokensText(tokensOf(first, Option.none())).replace(`, "refresh_token": "${first.refresh}"`, "")
    const layer = over(
      memoryWith({ [tokensPath(home)]: text }),
      ScriptedHttp.layer(() => ({ status: 500 })),
      home
    )
    return Effect.gen(function* () {
      expect(yield* bearer).toBe(first.access)
      const error = yield* Effect.flip(refused(first.access))
      expect(error._tag).toBe("OAuthTokenError")
      expect(error.message).toContain("was refused, and there is no refresh token")
      expect(error.hints).toEqual(["mp account login me"])
    }).pipe(Effect.provide(layer))
  })
})
