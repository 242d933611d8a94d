/**
 * The name of the one file in a lock's directory says who has the lock: `free`, or
 * `NONCE.BEAT.HOST.PID.START` of the process that holds it.
 */
import { basename, dirname, join } from "node:path"

export const free = "free"

/** What the name of a held token says. */
export interface TokenName {
  readonly nonce: string
  readonly beat: number
  /** Where `pid` means something (`hostHash`). */
  readonly host: string
  readonly pid: number
  /** When the process began; `0` where that is not known. */
  readonly start: string
}

const held = /^([0-9a-f]{12})\.(\d{1,9})\.([0-9a-f]{12}|0)\.(\d{1,10})\.(\d{1,20})$/

/** `null` for a name that is not understood: somebody holds the lock, and only time tells whether he lives. */
export const parseTokenName = (name: string): TokenName | null => {
  const [, nonce, beat, host, pid, start] = held.exec(name) ?? []
  return nonce === undefined || host === undefined || start === undefined
    ? null
    : { nonce, beat: Number(beat), host, pid: Number(pid), start }
}

export const tokenName = ({ beat, host, nonce, pid, start }: TokenName): string =>
  `${nonce}.${beat}.${host}.${pid}.${start}`

/** Hidden files are no tokens: the system and its tools put them everywhere. */
export const isToken = (name: string): boolean => !name.startsWith(".")

/** The directory of the lock that belongs to a file: beside it. */
export const lockDirectoryOf = (path: string): string => join(dirname(path), `.${basename(path)}.lock.d`)

export const isLockDirectory = (name: string): boolean => /^\..+\.lock\.d$/.test(name)

/** What a founder makes before it becomes the directory of a lock, and a crash can leave. */
export const isFounding = (name: string): boolean => /^\..+\.lock\.d\.[0-9a-f]{12}\.tmp$/.test(name)

/** What earlier versions kept beside the files they locked; nobody looks at it any more. */
export const isOldLock = (name: string): boolean => /^\..+\.lock(\.held(\.guard)*)?$/.test(name)
