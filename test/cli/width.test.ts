/** Columns of a terminal, held against the package that was used before (`string-width`). */
import { describe, expect, it } from "@effect/vitest"
import * as fc from "effect/FastCheck"
import stringWidth from "string-width"
import { widthOf } from "#src/cli/app/wrapped.ts"

const codePoints = (from: number, to: number) =>
  fc.integer({ min: from, max: to }).map((point) => String.fromCodePoint(point))

/** Letters with at most one mark on them, as either normal form writes them. */
const accented = fc
  .tuple(codePoints(0x61, 0x7a), codePoints(0x300, 0x36f))
  .chain(([letter, mark]) => fc.constantFrom(letter + mark, (letter + mark).normalize("NFC")))

const character = fc.oneof(
  codePoints(0x20, 0x7e),
  codePoints(0xc0, 0x24f),
  codePoints(0x370, 0x3ff),
  codePoints(0x400, 0x45f),
  codePoints(0x3041, 0x3096),
  codePoints(0x30a1, 0x30fa),
  codePoints(0x4e00, 0x9fff),
  codePoints(0xac00, 0xd7a3),
  codePoints(0xff01, 0xff60),
  codePoints(0x20000, 0x2a6df),
  codePoints(0x1f600, 0x1f64f),
  codePoints(0x0, 0x1f).filter((control) => control !== "\u001b"),
  fc.constantFrom(
    "👩‍👩‍👧",
    "🇩🇪",
    "👍🏽",
    "❤️",
    "1️⃣",
    "\u200b",
    "\u200d",
    "\u00ad",
    "\ufeff",
    "\ud800",
    "\u2026",
    "—",
    "\ufffd"
  ),
  accented
)

const text = fc.array(character, { maxLength: 12 }).map((characters) => characters.join(""))

describe("the width of a text", () => {
  it.prop("is what the package said", [text], ([sample]) => widthOf(sample) === stringWidth(sample), {
    fastCheck: { numRuns: 2000 }
  })

  it("is one column for signs that terminals do not draw as pictures: the package said two", () => {
    expect(["©", "™", "↔", "▶"].map(widthOf)).toEqual([1, 1, 1, 1])
    expect(["©", "™", "↔", "▶"].map((sign) => stringWidth(sign))).toEqual([2, 2, 2, 2])
  })
})
