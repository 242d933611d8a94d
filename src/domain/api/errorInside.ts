/** An error in a successful answer: it is no truth about anything that was asked for. */
import { isRecord } from "../internal/json.ts"

export const saysError = (json: unknown): boolean =>
  isRecord(json) && (!isNothing(json["error"]) || json["status"] === "error")

const isNothing = (error: unknown): boolean =>
  error === undefined ||
  error === null ||
  error === false ||
  error === "" ||
  (Array.isArray(error) && error.length === 0)
