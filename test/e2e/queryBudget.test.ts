import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { chmodSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe } from "vitest"
import { start } from "#src/layers/sandbox/Sandbox.ts"
import { makeHome, runMp } from "../support/mp.ts"

/** A home whose project has sent 60 queries, the oldest of which count for `left` milliseconds. */
const spent = (left: number) =>
  Effect.gen(function* () {
    const { credentials, environment } = yield* start()
    const [{ secret, username }] = credentials.serviceAccounts
    const home = yield* makeHome({})
    const env = {
      ...environment,
      MP_USERNAME: username,
      MP_SECRET: secret,
      MP_PROJECT_ID: "3018488",
      MP_REGION: "us"
    }
    const host = new URL(environment["MP_API_BASE_URL"] ?? "").host.replace(":", "_")
    const directory = join(home, ".mp/queries", host)
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    const at = Date.now() - 3_610_000 + left
    const starts = Array.from({ length: 60 }, (_, index) => ({ id: `${index}`, at, until: 0 }))
    const path = join(directory, "3018488.json")
    writeFileSync(path, JSON.stringify({ starts, queue: [], blocked: 0 }), { mode: 0o600 })
    const mp = (...args: ReadonlyArray<string>) => runMp(args, { home, env })
    return { mp, path }
  })

describe("mp inspect events", () => {
  it.scoped(
    "without room ends with 5, the time at which there is some, and the command that waits; mp status says so",
    () =>
      Effect.gen(function* () {
        const { mp } = yield* spent(3_000_000)
        const { code, stderr, stdout } = yield* mp("inspect", "events", "--format", "json")
        expect([code, stdout]).toEqual([5, ""])
        const { error } = JSON.parse(stderr)
        expect(error).toMatchObject({ code: "RATE_LIMITED", details: { project: "3018488", used: 60, sent: false } })
        expect(Date.parse(error.details.room_at)).toBeGreaterThan(Date.now())
        expect(error.hints[0]).toBe("mp inspect events --wait --format json")
        const status = JSON.parse((yield* mp("status", "--format", "json")).stdout)
        expect(status.queries).toMatchObject({ left: 0, limit: 60, used: 60, running: 0 })
      })
  )

  it.scoped(
    "waits for room with --wait, and says until when",
    () =>
      Effect.gen(function* () {
        // On a slow machine there may be room before mp has looked: then the queries count for longer.
        let told = ""
        for (let left = 2000; told === "" && left < 100_000; left *= 2) {
          const { mp } = yield* spent(left)
          const { code, stderr } = yield* mp("inspect", "events", "--wait")
          expect(code).toBe(0)
          told = stderr
        }
        expect(told).toMatch(
          /^note: Project 3018488 has sent 60 of the 60 queries .* Waiting for room, at the latest until /
        )
      }),
    240_000
  )

  it.scoped("is sent all the same where the setting is off, or the queries cannot be counted", () =>
    Effect.gen(function* () {
      const { mp, path } = yield* spent(3_000_000)
      yield* mp("config", "set", "query_budget", "false")
      expect(yield* mp("inspect", "events")).toMatchObject({ code: 0, stderr: "" })
      yield* mp("config", "unset", "query_budget")
      expect((yield* mp("inspect", "events")).code).toBe(5)
      chmodSync(path, 0o644)
      const { code, stderr } = yield* mp("inspect", "events")
      expect(code).toBe(0)
      expect(stderr).toMatch(/^note: The queries of the project are not counted, and go on: .*Mend it with: chmod 600 /)
    })
  )
})
