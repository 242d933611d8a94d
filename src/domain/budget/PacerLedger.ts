/**
 * The ledger in which mixpanel_headless counts the queries of a project (its `docs/guide/request-pacing.md`): epoch seconds
 * with a fraction, within a window and 10 s. What of it is not about queries or is not known here is left as it is.
 */
import * as Either from "effect/Either"
import { isRecord, parseJson } from "../internal/json.ts"
import type { BudgetLimits, QueryLog, Start } from "./QueryLog.ts"

export interface PacerLedger {
  readonly fields: Readonly<Record<string, unknown>>
  readonly sent: ReadonlyArray<number>
  /** Milliseconds. */
  readonly blocked: number
  /** What the server told, or somebody set; `null` where neither did. */
  readonly limit: number | null
}

const isTime = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value)

const learnedMillis = 7 * 86_400_000

const limitOf = ({ learned_at: learned, limit, limit_source: source }: PacerLedger["fields"], now: number) => {
  if (!Number.isSafeInteger(limit) || typeof limit !== "number" || limit <= 0) return null
  const isKnown =
    source === "configured" || (source === "server" && isTime(learned) && learned * 1000 + learnedMillis > now)
  return isKnown ? limit : null
}

export const readLedger = (text: string, now: number): PacerLedger | null => {
  const fields = Either.getOrNull(parseJson(text))
  if (!isRecord(fields) || fields["v"] !== 1) return null
  const { blocked_until: blocked, sent } = fields
  return Array.isArray(sent) && sent.every(isTime) && isTime(blocked)
    ? { fields, sent, blocked: Math.ceil(blocked * 1000), limit: limitOf(fields, now) }
    : null
}

/** Queries of the other program have no name here. */
const foreign = ""

const secondsOf = ({ at }: Start): number => at / 1000

/** What both programs know: an entry that is none of ours is a query of the other one. */
export const together = (own: QueryLog, ledger: PacerLedger): QueryLog => {
  const ours = new Set(own.starts.map(secondsOf))
  const theirs = ledger.sent
    .filter((seconds) => !ours.has(seconds))
    .map((seconds): Start => ({ id: foreign, at: Math.round(seconds * 1000), until: 0 }))
  return { ...own, starts: [...own.starts, ...theirs], blocked: Math.max(own.blocked, ledger.blocked) }
}

export const ownOf = (log: QueryLog): QueryLog => ({ ...log, starts: log.starts.filter(({ id }) => id !== foreign) })

export const entered = (ledger: PacerLedger, before: QueryLog, after: QueryLog): string => {
  const ours = new Set(before.starts.map(secondsOf))
  const sent = [...ledger.sent.filter((seconds) => !ours.has(seconds)), ...ownOf(after).starts.map(secondsOf)]
  const blocked = Math.max(after.blocked, ledger.blocked) / 1000
  return JSON.stringify({ ...ledger.fields, blocked_until: blocked, sent: sent.sort((a, b) => a - b) })
}

export const limitsWith = (limits: BudgetLimits, { limit }: PacerLedger): BudgetLimits =>
  limit === null ? limits : { ...limits, queries: limit }
