import { networkReason } from "../api/NetworkReason.ts"
import { command } from "../hints/Command.ts"
import type { Why } from "./StorageError.ts"

const authority = "NODE_EXTRA_CA_CERTS"

/** A certificate that nobody trusts stays as it is until somebody does. */
export const unreached = (error: unknown): Why => {
  const reason = networkReason(error)
  return {
    reason,
    temporary: true,
    fixes: reason.includes(authority) ? [command`export NODE_EXTRA_CA_CERTS=FILE`] : []
  }
}
