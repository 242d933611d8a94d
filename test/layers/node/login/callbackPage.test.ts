import { describe, expect, it } from "@effect/vitest"
import { createHash } from "node:crypto"
import { contentSecurityPolicy, type ListenerPage, palettes, renderPage } from "#src/layers/node/login/callbackPage.ts"

const pages: ReadonlyArray<readonly [ListenerPage, number, RegExp]> = [
  ["success", 200, /signed in.*Return to your terminal.*close this tab/s],
  ["denied", 403, /not granted.*Nothing was changed.*try again/s],
  ["failed", 502, /did its part.*tokens could not be fetched.*terminal/s],
  ["already_used", 409, /already used/],
  ["not_ours", 400, /ignored.*does not belong to the login that is waiting/s],
  ["unknown", 202, /Go back to your terminal/],
  ["broken", 500, /went wrong.*still waiting/s]
]

const channel = (hex: string, at: number): number => {
  const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255
  return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
}

const luminance = (hex: string): number =>
  0.2126 * channel(hex, 1) + 0.7152 * channel(hex, 3) + 0.0722 * channel(hex, 5)

const contrast = (a: string, b: string): number => {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (light + 0.05) / (dark + 0.05)
}

describe.each(pages)("page %s", (page, status, words) => {
  const { html, status: actual } = renderPage(page)

  it("says what happened and what to do, once, with its status", () => {
    expect(actual).toBe(status)
    expect(html.replace(/<style>.*<\/style>|<\/?span>/gs, "")).toMatch(words)
    expect(html.match(/<h1>/g)).toHaveLength(1)
    expect(html.match(/<title>([^<]+)</)?.[1]).toBe(html.match(/<h1>([^<]+)</)?.[1])
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/)
    expect(html).toContain(`role="status"`)
    expect(html).toContain("width=device-width")
    expect(Buffer.byteLength(html)).toBeLessThan(8 * 1024)
  })

  it("has no script, no handler, no form, and fetches nothing", () => {
    expect(html).not.toMatch(/<(script|link|img|iframe|form|base|object|a)\b/i)
    expect(html).not.toMatch(/\son\w+=|\sstyle=|javascript:|https?:|url\(|@import|src=|href=/i)
  })

  it("has exactly the style that the policy allows", () => {
    const styles = [...html.matchAll(/<style>(.*?)<\/style>/gs)].map(([, text = ""]) => text)
    const hashes = styles.map((text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`)
    expect(hashes).toHaveLength(1)
    expect(contentSecurityPolicy).toBe(
      `default-src 'none'; style-src ${hashes[0]}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`
    )
  })
})

describe.each(Object.entries(palettes))("%s", (_, colors) => {
  it("has the contrast of WCAG AA", () => {
    const { html } = renderPage("success")
    for (const color of Object.values(colors)) expect(html).toContain(color)
    for (const text of [colors.heading, colors.text]) {
      expect(contrast(text, colors.card)).toBeGreaterThanOrEqual(4.5)
      expect(contrast(text, colors.page)).toBeGreaterThanOrEqual(4.5)
    }
    for (const mark of [colors.good, colors.bad, colors.neutral]) {
      expect(contrast(mark, colors.card)).toBeGreaterThanOrEqual(4.5)
    }
  })
})
