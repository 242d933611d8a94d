import { expect, it } from "@effect/vitest"
import { entered, limitsWith, ownOf, type PacerLedger, readLedger, together } from "#src/domain/budget/PacerLedger.ts"
import { emptyLog, mixpanelLimits } from "#src/domain/budget/QueryLog.ts"

const now = 1_800_000_000_000

const written = {
  v: 1,
  limit: 60,
  limit_source: "default",
  learned_at: 0,
  blocked_until: 0,
  blocked_streak: 2,
  sent: [1_799_999_000.123456, 1_799_999_500.5]
}

const ledgerOf = (fields: object): PacerLedger => {
  const ledger = readLedger(JSON.stringify({ ...written, ...fields }), now)
  if (ledger === null) throw new Error("no ledger")
  return ledger
}

const own = { ...emptyLog, starts: [{ id: "a", at: now - 1000, until: 0 }] }

it("queries of both count, and each once: ours are known again by their time", () => {
  const ledger = ledgerOf({})
  const both = together(own, ledger)
  expect(both.starts.map(({ at }) => at)).toEqual([now - 1000, 1_799_999_000_123, 1_799_999_500_500])
  expect(ownOf(both)).toEqual(own)
  const again = readLedger(entered(ledger, own, own), now)
  expect(again?.sent).toEqual([...written.sent, 1_799_999_999])
  expect(again && together(own, again)).toEqual(both)
})

it("what is given back is taken out of the ledger, and all else of it is left as it is", () => {
  const ledger = ledgerOf({ sent: [1_799_999_000.123456, 1_799_999_999], added_later: true })
  expect(JSON.parse(entered(ledger, own, { ...emptyLog, blocked: now + 500 }))).toEqual({
    ...written,
    added_later: true,
    blocked_until: (now + 500) / 1000,
    sent: [1_799_999_000.123456]
  })
})

it("a limit counts that the server told within a week, or that somebody set", () => {
  const queries = (fields: object) => limitsWith(mixpanelLimits, ledgerOf({ limit: 240, ...fields })).queries
  expect(queries({ limit_source: "default" })).toBe(60)
  expect(queries({ limit_source: "configured" })).toBe(240)
  expect(queries({ limit_source: "server", learned_at: now / 1000 - 6 * 86_400 })).toBe(240)
  expect(queries({ limit_source: "server", learned_at: now / 1000 - 8 * 86_400 })).toBe(60)
  expect(queries({ limit_source: "configured", limit: -1 })).toBe(60)
})

it("what is no ledger of a known version is none", () => {
  for (const text of [
    "",
    "[]",
    "{}",
    JSON.stringify({ ...written, v: 2 }),
    JSON.stringify({ ...written, sent: ["1"] })
  ]) {
    expect(readLedger(text, now)).toBeNull()
  }
})

it("a block of either holds for both", () => {
  expect(together(own, ledgerOf({ blocked_until: now / 1000 + 60 })).blocked).toBe(now + 60_000)
})
