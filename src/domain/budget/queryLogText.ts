import * as Either from "effect/Either"
import { isRecord, parseJson } from "../internal/json.ts"
import { emptyLog, type QueryLog, type Start, type Ticket } from "./QueryLog.ts"

const isTime = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value)

const isTicket = (value: unknown): value is Ticket =>
  isRecord(value) && typeof value["id"] === "string" && isTime(value["until"])

const isStart = (value: unknown): value is Start => isTicket(value) && "at" in value && isTime(value.at)

/** What cannot be read is a log of nothing: it lasts for an hour only, and the server has the last word. */
export const readLog = (text: string): QueryLog => {
  const value = Either.getOrNull(parseJson(text))
  if (!isRecord(value)) return emptyLog
  const { blocked, queue, starts } = value
  return Array.isArray(starts) &&
    starts.every(isStart) &&
    Array.isArray(queue) &&
    queue.every(isTicket) &&
    isTime(blocked)
    ? { starts, queue, blocked }
    : emptyLog
}

export const writtenLog = ({ blocked, queue, starts }: QueryLog): string => JSON.stringify({ starts, queue, blocked })
