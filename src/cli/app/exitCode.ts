/** From an error to the exit code of the contract. */
import type { ErrorInfo } from "../../domain/errors.ts"

/** The codes that programs may rely on. */
export const exitCodes = {
  ok: 0,
  general: 1,
  authentication: 2,
  invalidArgument: 3,
  notFound: 4,
  rateLimited: 5,
  tryAgain: 75,
  interrupted: 130
} as const

const byCode: Readonly<Record<string, number>> = {
  CONFIG_ERROR: exitCodes.general,
  ACCOUNT_EXISTS: exitCodes.general,
  ACCOUNT_IN_USE: exitCodes.general,
  TARGET_EXISTS: exitCodes.general,
  QUERY_FAILED: exitCodes.general,
  SERVER_ERROR: exitCodes.general,
  INVALID_RESPONSE: exitCodes.general,
  NO_WORKSPACES: exitCodes.general,
  OUTPUT_NOT_WRITTEN: exitCodes.general,
  AUTH_FAILED: exitCodes.authentication,
  INVALID_ARGUMENT: exitCodes.invalidArgument,
  ACCOUNT_NOT_FOUND: exitCodes.notFound,
  TARGET_NOT_FOUND: exitCodes.notFound,
  PROJECT_NOT_FOUND: exitCodes.notFound,
  NO_ACCOUNT: exitCodes.notFound,
  NO_PROJECT: exitCodes.notFound,
  RATE_LIMITED: exitCodes.rateLimited,
  COMMAND_NOT_EXECUTABLE: 126,
  COMMAND_NOT_FOUND: 127,
  LOCK_TIMEOUT: exitCodes.tryAgain,
  LOCK_LOST: exitCodes.tryAgain,
  NETWORK_ERROR: exitCodes.tryAgain
}

/** The exit code of an error. A program that `mp exec` ran has its own; an `OAUTH_*` that is not temporary means that someone has to log in. */
export const exitCodeOf = ({ code, details }: ErrorInfo): number => {
  if (code === "COMMAND_ENDED" && typeof details["exit_code"] === "number") return details["exit_code"]
  if (code === "QUERY_FAILED" && details["status"] === 404) return exitCodes.notFound
  if (details["temporary"] === true) return exitCodes.tryAgain
  return byCode[code] ?? (code.startsWith("OAUTH_") ? exitCodes.authentication : exitCodes.general)
}
