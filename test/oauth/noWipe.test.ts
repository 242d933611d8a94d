/** Promise 7: no failure path writes or deletes a token that is newer than the one it used. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Runtime from "effect/Runtime"
import { describe } from "vitest"
import type { CredentialFilesShape } from "#src/services/platform/CredentialFiles.ts"
import { makePlayground, scenario } from "./support/interleavings.ts"

/** `MP_TEST_INTERLEAVINGS=10000` plays the whole of the promise. */
const interleavings = Number(process.env["MP_TEST_INTERLEAVINGS"] ?? 600)

const lockless = (files: CredentialFilesShape): CredentialFilesShape => ({
  ...files,
  withLock: () => (use) => use({ confirm: Effect.void, removeDirectory: Effect.succeed([]) })
})

/** Plays scenarios until one violates the promise; gives the first violations, or none. */
const firstViolation = (count: number, change?: (files: CredentialFilesShape) => CredentialFilesShape) =>
  Effect.gen(function* () {
    const play = yield* makePlayground(change)
    const run = Runtime.runPromise(yield* Effect.runtime<never>())
    const property = FastCheck.asyncProperty(scenario, async (played) => {
      const { lost, reuses, violations } = await run(play(played))
      // The test runner wants to hear from us, too.
      await new Promise((resolve) => setImmediate(resolve))
      expect(violations).toEqual([])
      // Only an answer that the network swallowed may make a token be sent twice.
      if (!lost) expect(reuses).toBe(0)
    })
    return yield* Effect.promise(() => FastCheck.check(property, { numRuns: count, endOnFailure: true }))
  })

describe("no wipe", () => {
  it.scopedLive(
    `${interleavings} interleavings of refresh, failure, login, logout, config edit and interruption`,
    () =>
      Effect.gen(function* () {
        const { counterexample, errorInstance, failed, numRuns } = yield* firstViolation(interleavings)
        expect({ failed, counterexample, errorInstance }).toEqual({
          failed: false,
          counterexample: null,
          errorInstance: null
        })
        expect(numRuns).toBe(interleavings)
      }),
    300_000
  )

  it.scopedLive("seeded: without the lock a violation is found", () =>
    Effect.gen(function* () {
      const { failed } = yield* firstViolation(2_000, lockless)
      expect(failed).toBe(true)
    })
  )
})
