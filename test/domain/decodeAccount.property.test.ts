/** Blocks of accounts are decoded by hand where they are sound: as the schemas of the classes do it, or not at all. */
import * as Either from "effect/Either"
import * as Equal from "effect/Equal"
import * as fc from "effect/FastCheck"
import { expect, it } from "vitest"
import {
  type Account,
  type AccountType,
  decodeAccount,
  OAuthBrowserAccount,
  OAuthTokenAccount,
  ServiceAccount
} from "#src/domain/account/Account.ts"
import { type DecodeIssue, decodeWith } from "#src/domain/internal/decode.ts"

type Decode = (input: unknown) => Either.Either<Account, ReadonlyArray<DecodeIssue>>

const schemas: Readonly<Record<AccountType, Decode>> = {
  service_account: decodeWith(ServiceAccount),
  oauth_browser: decodeWith(OAuthBrowserAccount),
  oauth_token: decodeWith(OAuthTokenAccount)
}

const odd = fc.constantFrom<unknown>(undefined, null, "", 0, 7, true, [], {}, "x\n", "\ud800", "US", "x".repeat(65))
const value = (sound: fc.Arbitrary<unknown>) => fc.oneof({ weight: 9, arbitrary: sound }, { weight: 1, arbitrary: odd })
const text = value(fc.string({ minLength: 1 }))

const names = value(fc.stringMatching(/^[a-zA-Z0-9_-]{1,64}$/))
const blocks = fc.record(
  {
    region: value(fc.constantFrom("us", "eu", "in")),
    default_project: value(fc.stringMatching(/^[0-9]{1,20}$/)),
    username: text,
    secret: text,
    token: text,
    token_env: text,
    toString: text,
    other: odd
  },
  { requiredKeys: [] }
)

const keysOf = { service_account: ["username", "secret"], oauth_browser: [], oauth_token: ["token"] } as const
const types = fc.constantFrom("service_account" as const, "oauth_browser" as const, "oauth_token" as const)

/** Mostly what belongs to the type, so that many of them are sound. */
const typed = fc.tuple(types, blocks, fc.boolean()).map(([type, block, isTrimmed]) => {
  const kept: ReadonlyArray<string> = ["region", "default_project", ...keysOf[type]]
  const own = { region: "us", username: "u", secret: "s", token: "t", ...block }
  const entries = Object.entries(isTrimmed ? own : block).filter(([key]) => !isTrimmed || kept.includes(key))
  return { type, ...Object.fromEntries(entries) }
})

it("what is decoded by hand is what the schema decodes, with its keys in the same order", () => {
  let sound = 0
  fc.assert(
    fc.property(names, typed, (name, block) => {
      const byHand = decodeAccount(String(name), block)
      const bySchema = schemas[block.type]({ ...block, name: String(name) })
      if (Either.isLeft(bySchema)) {
        expect(byHand).toEqual(bySchema)
        return
      }
      sound += 1
      const decoded = Either.getOrThrow(byHand)
      expect(Equal.equals(decoded, bySchema.right)).toBe(true)
      expect(decoded.constructor).toBe(bySchema.right.constructor)
      expect(Object.keys(decoded)).toEqual(Object.keys(bySchema.right))
    }),
    { numRuns: 3_000 }
  )
  expect(sound).toBeGreaterThan(500)
})
