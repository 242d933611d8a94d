import type { Again } from "../hints/Command.ts"
import { errorClass } from "../internal/errorClass.ts"

interface Withheld {
  readonly account: string
  readonly reason: string
  readonly instead: ReadonlyArray<Again>
}

/**
 * The credential of an account may not go where it was asked for.
 * @since 0.1.0
 * @category errors
 */
export class CredentialWithheld extends errorClass(
  "CredentialWithheld",
  "AUTH_FAILED",
  ({ account, instead, reason }: Withheld) => ({
    message: `The credential of account '${account}' is not handed out: ${reason}.`,
    again: instead,
    details: { account }
  })
) {}
