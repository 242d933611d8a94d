/** How long a name has been listed: the time between two looks counts no further than the credit, for this process may have been frozen. */
import { expect, it } from "@effect/vitest"
import * as fc from "effect/FastCheck"
import { makeNameAges } from "#src/layers/node/files/lock/judging.ts"
import { protocolTiming } from "#src/layers/node/files/lock/timing.ts"

const { credit } = protocolTiming

it("grows with every look, by the time that passed and by no more than the credit", () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 10 * credit })), (pauses) => {
      const ages = makeNameAges(protocolTiming)
      let now = 0
      ages.observe("d", ["held"], now)
      for (const pause of pauses) ages.observe("d", ["held"], (now += pause))
      const counted = pauses.reduce((sum, pause) => sum + Math.min(pause, credit), 0)
      expect([ages.of("d", "held"), ages.of("d", "other"), ages.of("e", "held")]).toEqual([counted, 0, 0])
    })
  )
})

it("begins anew with another name, and with one that comes back", () => {
  const ages = makeNameAges(protocolTiming)
  const looks = [["one"], ["one"], ["two"], ["one"]]
  const seen = looks.map((names, at) => {
    ages.observe("d", names, at)
    return ages.of("d", names[0] ?? "")
  })
  expect(seen).toEqual([0, 1, 0, 0])
})
