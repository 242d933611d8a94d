import { type Command, command } from "./hints/Command.ts"
import { meaningOf } from "./internal/errno.ts"
import { errorClass } from "./internal/errorClass.ts"

/**
 * Who holds a lock, as far as its name tells.
 * @since 0.1.0
 * @category models
 */
export interface LockHolder {
  readonly pid: number
  /** Whether the process id is one of this machine (and container). */
  readonly here: boolean
  /** Stopped by a signal: it will not go on by itself. Known of processes of this machine only. */
  readonly stopped: boolean
}

interface HeldLock {
  readonly path: string
  readonly waitedMillis: number
  /** `null` where nobody can tell. */
  readonly holder: LockHolder | null
}

/**
 * Another process held a lock for longer than we wait (45 s). Trying again helps.
 * @since 0.1.0
 * @category errors
 */
export class LockTimeout extends errorClass(
  "LockTimeout",
  "LOCK_TIMEOUT",
  ({ holder, path, waitedMillis }: HeldLock) => ({
    message: `${holderText(holder)} has held the lock ${path} for more than ${Math.round(waitedMillis / 1000)} s.`,
    hints: waysPast(holder),
    again: [{}],
    details: { path, waited_ms: waitedMillis, pid: holder?.pid ?? null, here: holder?.here ?? null }
  })
) {}

/** Who is alive on this machine is at work, and only waiting helps. */
const waysPast = (holder: LockHolder | null): ReadonlyArray<Command> => {
  if (holder?.stopped === true) return [command`kill -CONT ${holder.pid}`]
  return holder?.here === true ? [] : [command`mp doctor --fix`]
}

export const holderText = (holder: LockHolder | null): string => {
  if (holder === null) return "Another process"
  const where = holder.here ? "on this machine" : "elsewhere: another machine or container"
  return `Another process (pid ${holder.pid}, ${where}${holder.stopped ? ", stopped" : ""})`
}

interface LostLock {
  readonly path: string
  /** What the system said, when the lock could not be confirmed; `null` when it was gone. */
  readonly errno: string | null
}

/**
 * A lock was lost while it was held: this process was stopped for so long that others took it for dead, or somebody
 * removed the lock. Nothing was changed since. Trying again helps.
 * @since 0.1.0
 * @category errors
 */
export class LockLost extends errorClass("LockLost", "LOCK_LOST", ({ errno, path }: LostLock) => ({
  message:
    errno === null
      ? `The lock ${path} was lost: this process was stopped for too long, or somebody removed it. Nothing was written.`
      : `The lock ${path} could not be confirmed: ${meaningOf(errno)}. Nothing was written.`,
  again: [{}],
  details: { path, errno }
})) {}

/**
 * What can go wrong with a lock.
 * @since 0.1.0
 * @category errors
 */
export type LockError = LockTimeout | LockLost
