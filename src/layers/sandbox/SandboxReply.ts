/**
 * Requests and answers of the sandbox as plain values, so that everything between the two sockets is a
 * function.
 */
import { isRecord } from "../../domain/internal/json.ts"

/**
 * One request as it arrived.
 * @since 0.1.0
 * @category testing
 */
export interface RecordedRequest {
  readonly method: string
  /** Path and query as they were sent. */
  readonly url: string
  readonly path: string
  /** The query, percent-decoded; of a repeated name, the last value. */
  readonly query: Readonly<Record<string, string>>
  /** Names in lower case; repeated headers are joined with `, `. */
  readonly headers: Readonly<Record<string, string>>
  /** The body as text, gzip undone. */
  readonly body: string
  /** Milliseconds since the epoch at which it had arrived. */
  readonly receivedAt: number
}

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string>>>
  readonly body: string
}

export const json = (value: unknown, status = 200, headers: Reply["headers"] = {}): Reply => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(value)
})

export const text = (body: string): Reply => ({
  status: 200,
  headers: { "content-type": "text/plain; charset=utf-8" },
  body
})

export const failure = (status: number, error: string, headers: Reply["headers"] = {}): Reply =>
  json({ status: "error", error }, status, headers)

/** Fields of a body that is JSON or a form; none when it is neither. */
export const bodyFields = (request: RecordedRequest): Readonly<Record<string, unknown>> => {
  if (request.headers["content-type"]?.includes("application/x-www-form-urlencoded") === true) {
    return Object.fromEntries(new URLSearchParams(request.body))
  }
  const value = parseJson(request.body)
  return isRecord(value) ? value : {}
}

export const parseJson = (source: string): unknown => {
  try {
    return JSON.parse(source)
  } catch {
    return undefined
  }
}
