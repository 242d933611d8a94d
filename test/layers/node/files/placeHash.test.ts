/** The hash of lock names is the one that everybody knows. */
import { createHash } from "node:crypto"
import * as FastCheck from "effect/FastCheck"
import { expect, it } from "vitest"
import { sha256Hex } from "#src/layers/node/files/placeHash.ts"

it("says what node:crypto says", () => {
  FastCheck.assert(
    FastCheck.property(FastCheck.string({ unit: "binary", maxLength: 300 }), (text) => {
      expect(sha256Hex(text)).toBe(createHash("sha256").update(text).digest("hex"))
    }),
    { numRuns: 300 }
  )
})
