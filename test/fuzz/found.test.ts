/** Inputs that were found to take the square of their length, or to overflow the stack. */
import { readPlain } from "#src/domain/toml/plain.ts"
import * as Option from "effect/Option"
import { describe, expect, it } from "vitest"
import { bearer } from "#src/domain/api/RequestHeaders.ts"
import { parseBaseUrl, regionOfHost } from "#src/domain/api/Endpoints.ts"
import { parsePaste } from "#src/domain/oauth/Redirect.ts"

/** Processor time in milliseconds; the square of these lengths takes many seconds. */
const processorMillis = (work: () => void): number => {
  const before = process.cpuUsage()
  work()
  return process.cpuUsage(before).user / 1_000
}

describe("long texts are read in the time of their length", () => {
  it.each([
    ["slashes behind an override", () => parseBaseUrl("MP_API_BASE_URL", `https://a.example/${"/".repeat(60_000)}x`)],
    ["blanks before what is not plain", () => readPlain(`${" \t".repeat(30_000)}x`)],
    ["a paste that is all fragments", () => parsePaste(`${"#".repeat(16_000)}\nx`)],
    ["slashes in the domain of a project", () => regionOfHost(`${"/".repeat(60_000)}\nx`)]
  ])("%s", (_, work) => {
    expect(processorMillis(work)).toBeLessThan(1_000)
  })

  it("a bearer of 300,000 characters beyond ASCII is a header, and no overflow", () => {
    expect(bearer("é".repeat(300_000))).toHaveLength("Bearer ".length + 600_000)
  })

  it("the region of a domain is read as before", () => {
    expect(["mixpanel.com", "https://eu.mixpanel.com/x", "in.mixpanel.com:443", "a.example"].map(regionOfHost)).toEqual(
      [Option.some("us"), Option.some("eu"), Option.some("in"), Option.none()]
    )
  })
})
