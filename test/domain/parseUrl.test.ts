import { describe, expect, it } from "vitest"
import { parseUrl } from "#src/domain/internal/parseUrl.ts"

describe("parseUrl", () => {
  it.each(["https://mixpánel.com/ü", "https://例え.jp/"])("%s is an address however often one was read", (address) => {
    const { href } = new URL(address)
    for (let index = 0; index < 20_000; index += 1) parseUrl("https://mixpanel.com/api")
    const read = Array.from({ length: 20_000 }, () => parseUrl(address)?.href)
    expect(new Set(read)).toEqual(new Set([href]))
  })

  it("is null for what is none, and resolves against a base", () => {
    expect(parseUrl("/a")).toBeNull()
    expect(parseUrl("https://")).toBeNull()
    expect(parseUrl("/a", new URL("https://mixpanel.com/b"))?.href).toBe("https://mixpanel.com/a")
  })
})
