import { it } from "@effect/vitest"
import * as fc from "effect/FastCheck"
import { describe, expect } from "vitest"
import { humanTime } from "#src/cli/app/humanTime.ts"

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

describe("times as people say them", () => {
  it.each([
    [42 * minute, "in 42 minutes"],
    [42 * minute - 400, "in 42 minutes"],
    [-3 * day, "3 days ago"],
    [0, "now"],
    [second, "in 1 second"],
    [-90 * second, "2 minutes ago"],
    [hour, "in 1 hour"],
    [hour - 10 * second, "in 1 hour"],
    [50 * minute, "in 50 minutes"],
    [-23.9 * hour, "1 day ago"],
    [10 * hour, "in 10 hours"],
    [40 * day, "in 1 month"],
    [-3650 * day, "10 years ago"]
  ])("%d ms from now: %s", (distance, words) => {
    expect(humanTime(1_700_000_000_000 + distance, 1_700_000_000_000)).toBe(words)
  })

  it("is never off by more than half of what it says, and tells before from after", () => {
    const lengths: Record<string, number> = {
      second,
      minute,
      hour,
      day,
      month: 30.4375 * day,
      year: 365.25 * day
    }
    fc.assert(
      fc.property(fc.integer({ min: 1_000, max: 1e12 }), fc.boolean(), (distance, ago) => {
        const [, count = "", unit = ""] = /([0-9]+) ([a-z]+?)s?\b/.exec(humanTime(ago ? -distance : distance, 0)) ?? []
        const said = Number(count) * (lengths[unit] ?? Number.NaN)
        expect(Math.abs(said - distance)).toBeLessThanOrEqual(said / 2 + second)
        expect(humanTime(ago ? -distance : distance, 0)).toMatch(ago ? /ago$/ : /^in /)
      })
    )
  })
})
