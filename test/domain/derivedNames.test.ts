/** Names that a login derives from what a server says: whatever that is, they are names, free, and nobody else's. */
import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as fc from "effect/FastCheck"
import { AccountName } from "#src/domain/account/identifiers.ts"
import { freeName } from "#src/domain/account/newAccountName.ts"
import { decodeMe } from "#src/domain/api/Me.ts"
import { nameFor } from "#src/domain/login/accountNames.ts"

const hostile = fc.oneof(
  fc.constantFrom(
    "../..",
    ".",
    "",
    "/",
    "CON",
    "con",
    "aux",
    "env-oauth-token",
    "Env-Service-Account",
    "__proto__",
    "-rf"
  ),
  fc.string({ unit: "binary", maxLength: 80 }),
  fc
    .array(fc.constantFrom("a", "A", ".", "/", "\\", "\0", "\n", "ｃ", "É", "-", "_"), { maxLength: 90 })
    .map((parts) => parts.join(""))
)

/** Written down again, so that a change of the rule is seen. */
const reserved = /^(?:con|prn|aux|nul|conin|conout|clock|com\d|lpt\d|env-service-account|env-oauth-token)$/i

const key = fc.oneof(fc.constantFrom("1", "../..", "__proto__", "-1"), hostile)

const id = fc.oneof(fc.integer(), fc.double(), hostile)

describe("a name that is derived from /me", () => {
  it("is valid, not reserved, and collides with none, whatever the organizations are called", () => {
    fc.assert(
      fc.property(
        fc.dictionary(key, fc.record({ id, name: hostile }), { maxKeys: 3 }),
        fc.array(hostile),
        (organizations, others) => {
          const me = Either.getOrThrow(decodeMe({ user_id: 1, organizations }))
          const wanted = nameFor(me)
          for (const taken of [others, [...others, wanted.toUpperCase()], [wanted, `${wanted}-2`.toUpperCase()]]) {
            const name = freeName(wanted, taken)
            expect(AccountName.make(name)).toMatch(/^[a-zA-Z0-9_-]{1,64}$/)
            expect(name).not.toMatch(reserved)
            expect(taken.filter((other) => other.toLowerCase() === name.toLowerCase())).toEqual([])
          }
        }
      ),
      { numRuns: 1000 }
    )
  })
})
