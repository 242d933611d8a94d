/** A call of the system that failed where nobody expected it to: the machine's doing, and no bug of ours. */
import type { Command } from "../../domain/hints/Command.ts"
import { refusalText } from "../../domain/internal/errno.ts"
import type { ErrorInfo } from "../../domain/errors.ts"
import { moreOpenFiles } from "../../domain/hints/fileFixes.ts"
import { systemRefusal } from "../../domain/internal/systemRefusal.ts"

/** The limits that a command raises; what else a system refuses, its meaning tells. */
const fixes: Readonly<Record<string, Command>> = moreOpenFiles

/** The failure that a defect tells of; `null` for one that no system is to blame for. */
export const systemFailure = (defect: unknown): ErrorInfo | null => {
  const refusal = systemRefusal(defect)
  if (refusal === null) return null
  const { about, code, syscall } = refusal
  const fix = fixes[code] ?? null
  return {
    code: "SYSTEM_ERROR",
    message: refusalText(refusal),
    hints: fix === null ? [] : [fix],
    again: [{}],
    details: { errno: code, syscall, about, fix }
  }
}
