/** Promise 2: no refresh without the lock; whoever waits too long is told to try again. */
import { expect, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { describe } from "vitest"
import { type CredentialFilesShape, defaultLockWait } from "#src/services/platform/CredentialFiles.ts"
import { tokenDeadlineMillis } from "#src/services/oauth/endpoint.ts"
import { runCrowd } from "./support/crowd.ts"

const unavailable = { status: 503, body: { error: "temporarily_unavailable" } }

/** The bug: after the wait, go on without the lock. */
const impatient = (files: CredentialFilesShape): CredentialFilesShape => ({
  ...files,
  withLock: (path, options) => (use) =>
    Effect.catchIf(
      files.withLock(path, options)(use),
      (error) => typeof error === "object" && error !== null && "_tag" in error && error._tag === "LockTimeout",
      () => use({ confirm: Effect.void, removeDirectory: Effect.succeed([]) })
    )
})

/** The bug: no lock at all. */
const lockless = (files: CredentialFilesShape): CredentialFilesShape => ({
  ...files,
  withLock: () => (use) => use({ confirm: Effect.void, removeDirectory: Effect.succeed([]) })
})

describe("never unlocked", () => {
  it("the wait for the lock is longer than the longest hold", () => {
    expect(Duration.toMillis(defaultLockWait)).toBe(45_000)
    expect(tokenDeadlineMillis).toBe(15_000)
  })

  it.effect("a server that takes 14 s, 50 processes: one refresh, 50 answers", () =>
    Effect.gen(function* () {
      expect(yield* runCrowd({ count: 50, thinks: "14 seconds" })).toEqual({
        right: 50,
        errors: {},
        requests: 1,
        reuses: 0,
        unlocked: 0
      })
    })
  )

  it.effect("a server that fails after 14 s: one after the other, and after 45 s the rest is told to try again", () =>
    Effect.gen(function* () {
      expect(yield* runCrowd({ count: 50, thinks: "14 seconds", says: unavailable })).toEqual({
        right: 0,
        errors: { "OAUTH_REFRESH_ERROR 75": 4, "LOCK_TIMEOUT 75": 46 },
        requests: 4,
        reuses: 0,
        unlocked: 0
      })
    })
  )

  it.effect("a server that answers too late: the deadline of 15 s bounds every hold", () =>
    Effect.gen(function* () {
      const result = yield* runCrowd({ count: 50, thinks: "16 seconds", says: unavailable })
      expect(result).toMatchObject({ right: 0, unlocked: 0 })
      expect(result.requests).toBeLessThanOrEqual(4)
      expect((result.errors["OAUTH_REFRESH_ERROR 75"] ?? 0) + (result.errors["LOCK_TIMEOUT 75"] ?? 0)).toBe(50)
    })
  )

  it.effect("seeded: going on unlocked after the wait is seen", () =>
    Effect.gen(function* () {
      const result = yield* runCrowd({ count: 50, thinks: "14 seconds", says: unavailable, change: impatient })
      expect(result.unlocked).toBeGreaterThan(0)
    })
  )

  it.effect("seeded: no lock is seen, and logs people out", () =>
    Effect.gen(function* () {
      const result = yield* runCrowd({ count: 50, thinks: "14 seconds", change: lockless })
      expect(result.unlocked).toBeGreaterThan(0)
      expect(result.reuses).toBeGreaterThan(0)
      expect(result.errors["OAUTH_REFRESH_REVOKED 2"]).toBeGreaterThan(0)
    })
  )
})
