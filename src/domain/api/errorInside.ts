/** An error in a successful answer: it is no truth about anything that was asked for. */
import { isRecord } from "../internal/json.ts"

/** Whether an answer is an error whatever its status says. */
export const saysError = (json: unknown): boolean =>
  isRecord(json) && (!isNothing(json["error"]) || json["status"] === "error")

const isNothing = (error: unknown): boolean =>
  error === undefined ||
  error === null ||
  error === false ||
  error === "" ||
  (Array.isArray(error) && error.length === 0)
