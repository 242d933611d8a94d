/** When a request is sent again, and what becomes of it when it is not. Pure: time and chance are arguments. */
import * as Option from "effect/Option"

const maxRetries = 3
const longestWait = 60_000
export const maxRedirects = 5

const firstBackoff = 250
const longestBackoff = 8_000

export const backoffCap = (retry: number): number => Math.min(longestBackoff, firstBackoff * 2 ** retry)

const idempotentMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])

/** Whether sending the request twice is as good as once (RFC 9110, section 9.2.2). */
export const isIdempotent = (method: string): boolean => idempotentMethods.has(method)

export const isSuccess = (status: number): boolean => status >= 200 && status < 300

export interface Progress {
  readonly retries: number
  readonly redirects: number
  readonly reauthenticated: boolean
}

export interface Replay {
  readonly idempotent: boolean
  readonly replayable: boolean
  readonly renewable: boolean
}

export interface Answer {
  readonly status: number
  readonly retryAfter: Option.Option<number>
}

/** What to do with a response. `Retry.after` is `None` where the back-off decides. */
export type Step =
  | { readonly _tag: "Deliver" }
  | { readonly _tag: "Redirect" }
  | { readonly _tag: "Reauthenticate" }
  | { readonly _tag: "Retry"; readonly after: Option.Option<number> }

const deliver: Step = { _tag: "Deliver" }

/**
 * What to do with a response: 401 is answered with another bearer once, 429 and (where the method allows)
 * 5xx by waiting, a redirect by asking where it leads; all else is final.
 */
export const nextStep = (answer: Answer, replay: Replay, progress: Progress): Step => {
  if (answer.status < 300) return deliver
  if (isRedirect(answer.status)) return { _tag: "Redirect" }
  if (answer.status === 401) {
    return replay.renewable && replay.replayable && !progress.reauthenticated ? { _tag: "Reauthenticate" } : deliver
  }
  if (!isPassing(answer.status, replay.idempotent)) return deliver
  if (!replay.replayable || progress.retries >= maxRetries) return deliver
  return Option.exists(answer.retryAfter, (millis) => millis > longestWait)
    ? deliver
    : { _tag: "Retry", after: answer.retryAfter }
}

export const retriesTransport = (replay: Replay, progress: Progress): boolean =>
  replay.replayable && replay.idempotent && progress.retries < maxRetries

const isRedirect = (status: number): boolean =>
  status === 301 || status === 302 || status === 303 || status === 307 || status === 308

const isPassing = (status: number, idempotent: boolean): boolean =>
  status === 429 || (status >= 500 && status < 600 && idempotent)

/**
 * `Retry-After` as milliseconds from `now` (epoch milliseconds): seconds, or an HTTP date (RFC 9110,
 * section 10.2.3). A past date is 0; what is neither is `None`.
 */
export const parseRetryAfter = (value: string | undefined, now: number): Option.Option<number> => {
  const text = value?.trim() ?? ""
  if (/^[0-9]{1,15}(\.[0-9]{1,6})?$/.test(text)) return Option.some(Math.ceil(Number(text) * 1000))
  if (!/^[A-Z][a-z]+,? .*[0-9]{2}:[0-9]{2}:[0-9]{2}/.test(text)) return Option.none()
  const at = Date.parse(/GMT|UTC|[+-][0-9]{4}$/.test(text) ? text : `${text} GMT`)
  return Number.isNaN(at) ? Option.none() : Option.some(Math.max(0, at - now))
}
