/** A call of the system that failed where nobody expected it to: the machine's doing, and no bug of ours. */
import { type Command, command } from "../domain/hints/Command.ts"
import { refusalText } from "../domain/internal/errno.ts"
import type { Explained } from "../domain/errors.ts"
import { moreOpenFiles } from "../domain/hints/fileFixes.ts"
import { type SystemRefusal, systemRefusal } from "../domain/internal/systemRefusal.ts"

const fixes: Readonly<Record<string, Command>> = {
  ...moreOpenFiles,
  ENOSPC: command`df -h`,
  EDQUOT: command`quota -s`,
  ENOMEM: command`free -m`,
  EIO: command`sudo dmesg`
}

const fixOf = ({ about, code }: SystemRefusal): Command =>
  fixes[code] ?? (about?.startsWith("/") === true ? command`ls -ld ${about}` : command`mp doctor`)

/** The failure that a defect tells of; `null` for one that no system is to blame for. */
export const systemFailure = (defect: unknown): Explained | null => {
  const refusal = systemRefusal(defect)
  return refusal === null
    ? null
    : {
        code: "SYSTEM_ERROR",
        message: refusalText(refusal),
        hints: [fixOf(refusal)],
        again: [{}],
        details: { errno: refusal.code, syscall: refusal.syscall, about: refusal.about }
      }
}
