import type { Code } from "../../domain/codes.ts"
import type { ErrorInfo } from "../../domain/errors.ts"

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

export const exitCodeOfCode = {
  CONFIG_ERROR: exitCodes.general,
  ACCOUNT_EXISTS: exitCodes.general,
  ACCOUNT_IN_USE: exitCodes.general,
  TARGET_EXISTS: exitCodes.general,
  QUERY_FAILED: exitCodes.general,
  SERVER_ERROR: exitCodes.general,
  INVALID_RESPONSE: exitCodes.general,
  NO_WORKSPACES: exitCodes.general,
  OUTPUT_NOT_WRITTEN: exitCodes.general,
  SYSTEM_ERROR: exitCodes.general,
  INTERNAL_ERROR: exitCodes.general,
  CREDENTIAL_SOURCE_FAILED: exitCodes.authentication,
  AUTH_FAILED: exitCodes.authentication,
  OAUTH_AUTH_DENIED: exitCodes.authentication,
  OAUTH_BROWSER_ERROR: exitCodes.authentication,
  OAUTH_NETWORK_UNREACHABLE: exitCodes.tryAgain,
  OAUTH_PASTE_ERROR: exitCodes.authentication,
  OAUTH_PORT_ERROR: exitCodes.authentication,
  OAUTH_REFRESH_ERROR: exitCodes.authentication,
  OAUTH_REFRESH_REVOKED: exitCodes.authentication,
  OAUTH_REGION_PROBE_FAILED: exitCodes.authentication,
  OAUTH_REGISTRATION_ERROR: exitCodes.authentication,
  OAUTH_STATE_MISMATCH: exitCodes.authentication,
  OAUTH_TIMEOUT: exitCodes.authentication,
  OAUTH_TOKEN_ERROR: exitCodes.authentication,
  OAUTH_TOKENS_LOST: exitCodes.authentication,
  INVALID_ARGUMENT: exitCodes.invalidArgument,
  ACCOUNT_NOT_FOUND: exitCodes.notFound,
  TARGET_NOT_FOUND: exitCodes.notFound,
  PROJECT_NOT_FOUND: exitCodes.notFound,
  NO_ACCOUNT: exitCodes.notFound,
  NO_PROJECT: exitCodes.notFound,
  RATE_LIMITED: exitCodes.rateLimited,
  COMMAND_ENDED: exitCodes.general,
  COMMAND_NOT_EXECUTABLE: 126,
  COMMAND_NOT_FOUND: 127,
  LOCK_TIMEOUT: exitCodes.tryAgain,
  LOCK_LOST: exitCodes.tryAgain,
  NETWORK_ERROR: exitCodes.tryAgain,
  STORAGE_ERROR: exitCodes.general,
  STORAGE_SUPERSEDED: exitCodes.tryAgain,
  STORAGE_CLAIMED: exitCodes.tryAgain
} satisfies Record<Code, number>

/**
 * The exit code of an error. A program that `mp exec` ran has its own.
 * @since 0.1.0
 * @category commands
 */
export const exitCodeOf = ({ code, details }: ErrorInfo): number => {
  if (code === "COMMAND_ENDED" && typeof details["exit_code"] === "number") return details["exit_code"]
  if (code === "QUERY_FAILED" && details["status"] === 404) return exitCodes.notFound
  return details["temporary"] === true ? exitCodes.tryAgain : exitCodeOfCode[code]
}
