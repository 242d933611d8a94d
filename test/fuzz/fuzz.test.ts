/** Promise 20, a short run of `npm run fuzz`: whatever a parser is given, it answers, in time, and keeps its laws. */
import { describe, expect, it } from "vitest"
import { targets } from "./targets.ts"

describe("whatever they are given", () => {
  it.each(targets)("$name keeps its laws", ({ check }) => {
    expect(check({ runs: 400, seed: 1, seen: () => undefined }).failure).toBeNull()
  })
})
