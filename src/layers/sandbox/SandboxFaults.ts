/** Misbehaviour on demand: what a test wants the sandbox to do to its next requests, and the rate limit. */
import { failure, json, type RecordedRequest, type Reply } from "./SandboxReply.ts"

/**
 * Applies to the next requests whose path begins with `path`; earlier faults are used up first.
 * @since 0.1.0
 * @category testing
 */
export interface SandboxFault {
  readonly path: string
  readonly method?: string
  /** How many requests it applies to; 1 when absent, `Infinity` for all. */
  readonly times?: number
  /** Requests that match but are let pass before it applies. */
  readonly after?: number
  /** Answers with this instead of handling the request; without `status`, `headers` and `body` it is handled. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** A string as it is, anything else as JSON. */
  readonly body?: unknown
  /** Waits, before the request is handled. */
  readonly delayMillis?: number
  /** Sends this many bytes of the body, fewer than it announces, and drops the connection. */
  readonly truncate?: number
  /** Resets the connection: `true` without handling the request, `"handled"` after, so that only the answer is lost. */
  readonly reset?: boolean | "handled"
}

interface Pending {
  readonly fault: SandboxFault
  readonly after: number
  readonly times: number
}

export const makeFaultQueue = (initial: ReadonlyArray<SandboxFault>) => {
  let pending: ReadonlyArray<Pending> = []
  const add = (faults: ReadonlyArray<SandboxFault>) => {
    pending = [...pending, ...faults.map((fault) => ({ fault, after: fault.after ?? 0, times: fault.times ?? 1 }))]
  }
  add(initial)
  return {
    add,
    clear: () => {
      pending = []
    },
    /** Uses up and returns the first fault that applies to the request. */
    take: (request: RecordedRequest): SandboxFault | undefined => {
      const found = pending.find(({ fault, times }) => times > 0 && applies(fault, request))
      if (found === undefined) return undefined
      const used = found.after > 0 ? { ...found, after: found.after - 1 } : { ...found, times: found.times - 1 }
      pending = pending.map((one) => (one === found ? used : one)).filter(({ times }) => times > 0)
      return found.after > 0 ? undefined : found.fault
    }
  }
}

const applies = (fault: SandboxFault, request: RecordedRequest): boolean =>
  request.path.startsWith(fault.path) && (fault.method === undefined || fault.method === request.method)

export const scriptedReply = (fault: SandboxFault): Reply | undefined => {
  if (fault.status === undefined && fault.headers === undefined && fault.body === undefined) return undefined
  const { headers = {}, status = 200 } = fault
  const body = fault.body ?? defaultBody(status)
  return typeof body === "string" ? { status, headers, body } : json(body, status, headers)
}

const defaultBody = (status: number): unknown => {
  if (status === 204 || status === 304) return ""
  return status < 400 ? { status: "ok" } : { status: "error", error: "scripted by the sandbox" }
}

/**
 * How many requests of a credential are answered in a window of time.
 * @since 0.1.0
 * @category testing
 */
export interface RateLimit {
  readonly requests: number
  readonly perMillis: number
  readonly retryAfterSeconds: number
}

/** Counts requests per credential in fixed windows; the answer is the refusal, or nothing. */
export const makeRateLimiter = (limit: RateLimit | undefined) => {
  const windows = new Map<string, { readonly start: number; readonly count: number }>()
  return (credential: string, now: number): Reply | undefined => {
    if (limit === undefined) return undefined
    const current = windows.get(credential)
    const isOpen = current !== undefined && now - current.start < limit.perMillis
    const next = isOpen ? { start: current.start, count: current.count + 1 } : { start: now, count: 1 }
    windows.set(credential, next)
    return next.count > limit.requests
      ? failure(429, "Query rate limit exceeded", { "retry-after": String(limit.retryAfterSeconds) })
      : undefined
  }
}
