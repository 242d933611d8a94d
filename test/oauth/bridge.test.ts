/** Rulings 7 and 8, promises 1, 5 and 7 for bridges: whoever refreshes, nobody who shares the file is logged out. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as fc from "effect/FastCheck"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import { describe } from "vitest"
import { FileError } from "../../src/domain/errors.ts"
import { OAuthTokens, tokensText } from "../../src/domain/OAuthTokens.ts"
import { bridgePathOf, hostHome, sharedPath, twoHomes, vmHome } from "./support/twoHomes.ts"
import { clientId, tokensOf, tokensPath } from "./support/world.ts"

const later = TestClock.adjust("2 hours")

describe("a bridge file that host and machine share", () => {
  it.scoped("alternating refreshes, twenty of them: twenty requests, no reuse, nobody logged out", () =>
    Effect.gen(function* () {
      const world = yield* twoHomes
      yield* world.exportTo(sharedPath)
      for (let round = 0; round < 20; round += 1) {
        yield* later
        const [one, other] = round % 2 === 0 ? [world.vm(), world.host] : [world.host, world.vm()]
        const access = yield* one
        expect(yield* other).toBe(access)
        expect(world.authority.accepts(access)).toBe(true)
      }
      expect(world.authority.figures()).toMatchObject({ requests: 21, reuses: 0 })
    })
  )

  const steps = ["vm", "host", "host by the bridge", "all at once", "time", "export", "host is refused", "vm is refused"] as const

  it.scoped.prop?.("", [], () => Effect.void)

  it.effect("200 random histories: no reuse, and each side works to the end", () =>
    Effect.promise(() =>
      fc.assert(
        fc.asyncProperty(fc.array(fc.constantFrom(...steps), { maxLength: 14 }), (history) =>
          Effect.gen(function* () {
            const world = yield* twoHomes
            yield* world.exportTo(sharedPath)
            for (const step of history) yield* perform(world, step)
            yield* later
            const [byVm, byHost] = yield* Effect.all([world.vm(), world.host], { concurrency: 2 })
            expect(byVm).toBe(byHost)
            expect(world.authority.accepts(byVm)).toBe(true)
            expect(world.authority.figures().reuses).toBe(0)
          }).pipe(Effect.scoped, Effect.provide(TestContextLive), Effect.runPromise)
        ),
        { numRuns: 200 }
      )
    )
  )
})
