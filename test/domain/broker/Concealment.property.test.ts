/** A secret in an answer is hidden in every spelling, wherever the answer is cut, and nothing else is changed. */
import { describe, expect, it } from "@effect/vitest"
import * as fc from "effect/FastCheck"
import { Concealment, hiddenSpellings } from "#src/domain/broker/Concealment.ts"

const secret = "eyJhbGciOi.JIUzI1NiJ9-abcdef"
const basic = btoa(`user:${secret}`)

const passed = (secrets: ReadonlyArray<string>, pieces: ReadonlyArray<Uint8Array>): string => {
  const concealment = new Concealment(hiddenSpellings(secrets))
  const parts = [...pieces.map((piece) => concealment.take(piece).slice()), concealment.rest()]
  return Buffer.concat(parts).toString("latin1")
}

/** Cut at random places. */
const cut = (bytes: Buffer, places: ReadonlyArray<number>): ReadonlyArray<Uint8Array> => {
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b)
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))
}

describe("concealment", () => {
  it("hides the secret and leaves the rest, byte for byte of the same length", () => {
    const part = fc.oneof(
      fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
      fc.constantFrom(secret, basic, encodeURIComponent(secret), secret.slice(0, 9)).map((text) => Buffer.from(text))
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), fc.array(fc.nat(500), { maxLength: 12 }), (parts, places) => {
        const whole = Buffer.concat(parts)
        const shown = passed([secret, `user:${secret}`], cut(whole, places))
        expect(shown.length).toBe(whole.length)
        expect(shown).not.toContain(secret)
        expect(shown).not.toContain(basic)
        const before = whole.toString("latin1")
        const changed = [...shown].filter((character, at) => character !== before[at])
        expect(changed.every((character) => character === "*")).toBe(true)
        if (!before.includes(secret.slice(0, 9)) && !before.includes(basic)) expect(shown).toBe(before)
      }),
      { numRuns: 1000 }
    )
  })

  it("holds back nothing but the beginning of a secret", () => {
    const concealment = new Concealment(hiddenSpellings([secret]))
    expect(Buffer.from(concealment.take(Buffer.from(`text ${secret.slice(0, 7)}`))).toString()).toBe("text ")
    expect(Buffer.from(concealment.take(Buffer.from("!"))).toString()).toBe(`${secret.slice(0, 7)}!`)
  })
})
