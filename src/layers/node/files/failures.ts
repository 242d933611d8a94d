/** From what the system says to what a person can do about it. */
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import { dirname } from "node:path"
import { type Command, command, inTurn } from "../../../domain/hints/Command.ts"
import { inPlaceOfLink, moveAside, ourPart, ownAgain, writableCopy } from "../../../domain/hints/fileFixes.ts"
import { FileError, type FileProblem } from "../../../domain/errors.ts"
import { soon } from "../soon.ts"
import type { Awaitable } from "./awaitable.ts"

/**
 * A call of the system failed; only its code is kept. No `Error`, for nobody sees it, and most say only that a file
 * is not there: collecting a stack would be the dearest part of having looked.
 */
export class Errno extends Data.TaggedClass("Errno")<{ readonly code: string }> {}

export const errno = (cause: unknown): Errno =>
  new Errno({
    code: cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : "UNKNOWN"
  })

/** Runs one call of the system. */
export const call = <A>(operation: () => Awaitable<A>): Effect.Effect<A, Errno> => soon(operation, errno)

/** What stands in the way of several calls, with looks in between that throw why they refuse to go on. */
export const refusalOrErrno = (cause: unknown): FileError | Errno => (cause instanceof FileError ? cause : errno(cause))

/** What was tried, as the participle that the message needs. */
export type Attempt = "read" | "written" | "removed" | "locked"

interface Explanation {
  readonly problem: FileProblem
  readonly reason: string
  readonly fix: Command
}

interface Situation {
  readonly path: string
  readonly attempt: Attempt
  readonly code: string
}

const denied = ({ attempt, code, path }: Situation): Explanation => {
  return {
    problem: "permission",
    reason: `cannot be ${attempt}: permission denied (${code})`,
    fix: inTurn(ownAgain(path), command`chmod -R u+rwX ${ourPart(path)}`)
  }
}

const noSpace = ({ attempt, code, path }: Situation): Explanation =>
  code === "EDQUOT"
    ? {
        problem: "no_space",
        reason: `cannot be ${attempt}: the disk quota is used up (EDQUOT)`,
        fix: command`quota -s`
      }
    : {
        problem: "no_space",
        reason: `cannot be ${attempt}: the disk is full (${code})`,
        fix: command`df -h ${dirname(path)}`
      }

const readOnly = ({ attempt, code, path }: Situation): Explanation => ({
  problem: "read_only",
  reason: `cannot be ${attempt}: its file system is read-only (${code})`,
  fix: writableCopy(path)
})

const tooManyOpen = ({ attempt, code }: Situation): Explanation => ({
  problem: "io",
  reason: `cannot be ${attempt}: too many files are open (${code})`,
  fix: code === "EMFILE" ? command`ulimit -n 4096` : command`sudo sysctl -w fs.file-max=1000000`
})

const deviceError = ({ attempt, code }: Situation): Explanation => ({
  problem: "io",
  reason: `cannot be ${attempt}: the disk reported an error (${code})`,
  fix: command`sudo dmesg`
})

const isDirectory = ({ path }: Situation): Explanation => ({
  problem: "not_a_file",
  reason: "is a directory; a regular file is needed",
  fix: moveAside(path)
})

const notBelowDirectory = ({ attempt, code, path }: Situation): Explanation => ({
  problem: "not_a_file",
  reason: `cannot be ${attempt}: something above it is not a directory (${code})`,
  fix: moveAside(dirname(path))
})

const isLink = ({ path }: Situation): Explanation => ({
  problem: "symlink",
  reason: "is a symbolic link; a regular file is needed",
  fix: inPlaceOfLink(path)
})

const special = ({ path }: Situation): Explanation => ({
  problem: "not_a_file",
  reason: "is a socket, pipe or device; a regular file is needed",
  fix: moveAside(path)
})

const tooLong = ({ attempt, code }: Situation): Explanation => ({
  problem: "io",
  reason: `cannot be ${attempt}: its name is too long (${code})`,
  fix: command`unset MP_CONFIG_PATH MP_OAUTH_STORAGE_DIR MP_STORAGE_DIR MP_AUTH_FILE`
})

const vanished = ({ attempt, code, path }: Situation): Explanation => ({
  problem: "io",
  reason: `cannot be ${attempt}: it or its directory was removed meanwhile (${code})`,
  fix: command`mkdir -p -m 700 ${dirname(path)}`
})

const anything = ({ attempt, code, path }: Situation): Explanation => ({
  problem: "io",
  reason: `cannot be ${attempt} (${code})`,
  fix: command`ls -ld ${path}`
})

const explanations: Readonly<Record<string, (situation: Situation) => Explanation>> = {
  EACCES: denied,
  EPERM: denied,
  EROFS: readOnly,
  ENOSPC: noSpace,
  EDQUOT: noSpace,
  EMFILE: tooManyOpen,
  ENFILE: tooManyOpen,
  EIO: deviceError,
  EISDIR: isDirectory,
  ENOTDIR: notBelowDirectory,
  ELOOP: isLink,
  ENXIO: special,
  ENAMETOOLONG: tooLong,
  ENOENT: vanished
}

export const explain =
  (path: string, attempt: Attempt) =>
  ({ code }: Errno): FileError =>
    new FileError({ path, ...(explanations[code] ?? anything)({ path, attempt, code }) })

/** The change is made; whether a power cut would undo it is not known. */
export const unconfirmed =
  (path: string, change: "replaced" | "removed") =>
  ({ code }: Errno): FileError =>
    new FileError({
      path,
      problem: "io",
      reason: `was ${change}, but the disk did not confirm that this will last (${code})`,
      fix: command`sudo dmesg`
    })
