/**
 * Writing without opening the streams of the process: opening one costs as much as reading every file of a command.
 * Nobody else writes to the descriptors of the process.
 */
import { writeSync as writeOnce } from "node:fs"
import { codeOf } from "../../domain/internal/systemRefusal.ts"

const descriptors = { stdout: 1, stderr: 2 } as const

/** What was not written, and why: `""` when there is no more to write. */
export interface Unwritten {
  readonly rest: Uint8Array
  /** `EAGAIN` for a pipe that takes no more for the moment, `EPIPE` for one that nobody reads. */
  readonly code: string
}

export const writeSync = (to: keyof typeof descriptors, bytes: Uint8Array): Unwritten => {
  let done = 0
  try {
    while (done < bytes.length) done += writeOnce(descriptors[to], bytes, done)
    return { rest: bytes.subarray(done), code: "" }
  } catch (cause) {
    return { rest: bytes.subarray(done), code: codeOf(cause) ?? "UNKNOWN" }
  }
}
