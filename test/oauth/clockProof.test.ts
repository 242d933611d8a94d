/** Promise 9: expiry is decided at use; a wrong clock costs at most a refresh, and never a login. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import { describe } from "vitest"
import { tokensText } from "#src/domain/oauth/OAuthTokens.ts"
import { layerWith as memoryWith } from "#src/layers/memory/MemoryFiles.ts"
import * as ScriptedHttp from "#src/layers/memory/ScriptedHttp.ts"
import { makeAuthority } from "./support/StrictAuthority.ts"
import { bearer, clientId, over, refused, tokensOf, tokensPath } from "./support/world.ts"

const home = "/home/test"
const hour = 3_600_000
const day = 24 * hour
const begin = Date.UTC(2026, 10, 21, 12)

type Step =
  /** Time passes, for everybody. */
  | { readonly kind: "pass"; readonly millis: number }
  /** This machine's clock is set to be off by so much. */
  | { readonly kind: "skew"; readonly millis: number }
  | { readonly kind: "use" }

const pass = (millis: number): Step => ({ kind: "pass", millis })
const skew = (millis: number): Step => ({ kind: "skew", millis })
const use: Step = { kind: "use" }

/** Plays steps; a use asks for a bearer and shows it to an API that knows the true time. */
const play = (steps: ReadonlyArray<Step>, skewAtLogin = 0) =>
  Effect.gen(function* () {
    let trueNow = begin
    let offset = skewAtLogin
    let minted = begin
    let needed = 0
    let skews = 0
    let failures = 0
    let replays = 0
    const authority = makeAuthority()
    const http = ScriptedHttp.layer(({ body }) => {
      minted = trueNow
      return authority.refresh(new URLSearchParams(body))
    })
    const setClock = Effect.suspend(() => TestClock.setTime(trueNow + offset))
    const accepted = (access: string): boolean => authority.accepts(access) && trueNow < minted + hour
    const useOnce = Effect.gen(function* () {
      if (trueNow + 30_000 >= minted + hour) needed += 1
      const access = yield* bearer
      if (accepted(access)) return
      replays += 1
      const another = yield* refused(access)
      if (!another || !accepted(yield* bearer)) failures += 1
    }).pipe(Effect.catchAll(() => Effect.sync(() => (failures += 1))))

    const stored = tokensOf(authority.login(clientId), Option.some(begin + offset + hour))
    yield* Effect.gen(function* () {
      yield* setClock
      for (const step of steps) {
        if (step.kind === "pass") trueNow += step.millis
        if (step.kind === "skew") {
          offset = step.millis
          skews += 1
        }
        if (step.kind === "use") yield* Effect.zipRight(setClock, useOnce)
      }
    }).pipe(Effect.provide(over(memoryWith({ [tokensPath(home)]: tokensText(stored) }), http, home)))
    const { requests, reuses } = authority.figures()
    return { requests, needed, skews, failures, reuses, replays }
  })

/** A use every ten minutes. */
const tenMinutes = (count: number): ReadonlyArray<Step> =>
  Array.from({ length: count }).flatMap(() => [pass(hour / 6), use])

describe("clock-proof", () => {
  for (const offset of [-day, -hour, 0, hour, day]) {
    it.effect(`a clock that is always off by ${offset / hour} h: not one refresh more than needed`, () =>
      Effect.gen(function* () {
        const { failures, needed, replays, requests } = yield* play([use, ...tenMinutes(60)], offset)
        expect({ failures, replays, requests }).toEqual({ failures: 0, replays: 0, requests: needed })
      })
    )
  }

  for (const step of [-day, -8 * hour, -hour, hour, 8 * hour, day]) {
    it.effect(
      `a clock that is put ${step > 0 ? "forward" : "back"} by ${Math.abs(step) / hour} h, and back again`,
      () =>
        Effect.gen(function* () {
          const steps = [use, ...tenMinutes(2), skew(step), ...tenMinutes(12), skew(0), ...tenMinutes(12)]
          const { failures, needed, requests, reuses } = yield* play(steps)
          expect({ failures, reuses }).toEqual({ failures: 0, reuses: 0 })
          expect(requests).toBeLessThanOrEqual(needed + 2)
        })
    )
  }

  it.effect("tokens of a login on a machine whose clock was a day off", () =>
    Effect.gen(function* () {
      for (const offset of [-day, day]) {
        const { failures, needed, requests } = yield* play([skew(0), use, ...tenMinutes(12)], offset)
        expect(failures).toBe(0)
        expect(requests).toBeLessThanOrEqual(needed + 1)
      }
    })
  )

  it.effect("8 h of sleep: one refresh", () =>
    Effect.gen(function* () {
      expect(yield* play([use, pass(8 * hour), use, use])).toMatchObject({ requests: 1, failures: 0, replays: 0 })
    })
  )

  it.effect("the token is used up to 30 s before it expires, and not after", () =>
    Effect.gen(function* () {
      expect(yield* play([pass(hour - 30_001), use])).toMatchObject({ requests: 0, failures: 0 })
      expect(yield* play([pass(hour - 30_000), use])).toMatchObject({ requests: 1, failures: 0 })
    })
  )

  it.effect("whatever the clock does: at most a refresh for each time it was set, never a login", () =>
    Effect.gen(function* () {
      const step = FastCheck.oneof(
        FastCheck.constant(use),
        FastCheck.integer({ min: 1000, max: 9 * hour }).map(pass),
        FastCheck.integer({ min: -day, max: day }).map(skew)
      )
      for (const steps of FastCheck.sample(FastCheck.array(step, { maxLength: 24 }), { numRuns: 150 })) {
        const { failures, needed, requests, reuses, skews } = yield* play(steps)
        expect({ failures, reuses, steps }).toEqual({ failures: 0, reuses: 0, steps })
        expect(requests).toBeLessThanOrEqual(needed + skews)
      }
    })
  )
})
