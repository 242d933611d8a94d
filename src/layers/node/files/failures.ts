/** From what the system says to what a person can do about it. */
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import { dirname } from "node:path"
import { meaningOf } from "../../../domain/internal/errno.ts"
import { type Command, command, inTurn } from "../../../domain/hints/Command.ts"
import {
  inPlaceOfLink,
  moreOpenFiles,
  moveAside,
  ourPart,
  ownAgain,
  storageCopies
} from "../../../domain/hints/fileFixes.ts"
import { FileError, type FileProblem } from "../../../domain/errors.ts"
import { type Awaitable, soon } from "./awaitable.ts"
import { codeOf } from "../../../domain/internal/systemRefusal.ts"

/**
 * A call of the system failed; only its code is kept. No `Error`, for nobody sees it, and most say only that a file
 * is not there: collecting a stack would be the dearest part of having looked.
 */
export class Errno extends Data.TaggedClass("Errno")<{ readonly code: string }> {}

export const errno = (cause: unknown): Errno => new Errno({ code: codeOf(cause) ?? "UNKNOWN" })

export const call = <A>(operation: () => Awaitable<A>): Effect.Effect<A, Errno> => soon(operation, errno)

export const isCode =
  (...codes: ReadonlyArray<string>) =>
  (error: Errno | FileError): boolean =>
    error._tag === "Errno" && codes.includes(error.code)

/** What stands in the way of several calls, with looks in between that throw why they refuse to go on. */
export const refusalOrErrno = (cause: unknown): FileError | Errno => (cause instanceof FileError ? cause : errno(cause))

/** What was tried, as the participle that the message needs. */
export type Attempt = "read" | "listed" | "written" | "removed" | "locked"

interface Situation {
  readonly path: string
  readonly attempt: Attempt
}

interface Explanation {
  readonly problem: FileProblem
  /** `null` where no command fixes it: the meaning of the code says what is the matter. */
  readonly fix: (situation: Situation) => Command | null
  /** Whether a copy of what is stored leads past it. */
  readonly copies?: boolean
  /** What the file is, where that says more than what was tried. */
  readonly reason?: string
}

const denied: Explanation = {
  problem: "permission",
  fix: ({ path }) => inTurn(ownAgain(path), command`chmod -R u+rwX ${ourPart(path)}`),
  copies: true
}

/** What is to make room, only its owner knows. */
const fullDisk: Explanation = { problem: "no_space", fix: () => null }

const aCopy: Explanation["fix"] = ({ path }) => storageCopies(path)[0] ?? null

const notAFile = (reason: string): Explanation => ({
  problem: "not_a_file",
  fix: ({ path }) => moveAside(path),
  reason
})

/** Another disk does what this one does not. */
const elsewhere: Explanation["fix"] = (situation) =>
  situation.attempt === "read" || situation.attempt === "listed" ? null : aCopy(situation)

const io = (fix: Explanation["fix"]): Explanation => ({ problem: "io", fix })

const anything = io(elsewhere)

const deviceError = io(() => null)

/** What is done about those that have a way out of their own. */
const explanations: Readonly<Record<string, Explanation>> = {
  EACCES: denied,
  EPERM: denied,
  EROFS: { problem: "read_only", fix: aCopy },
  ENOSPC: fullDisk,
  EDQUOT: fullDisk,
  EFBIG: io(() => command`ulimit -f unlimited`),
  EMFILE: io(() => moreOpenFiles.EMFILE),
  ENFILE: io(() => moreOpenFiles.ENFILE),
  ENOMEM: io(() => null),
  EIO: deviceError,
  EBADMSG: deviceError,
  ESTALE: io(() => null),
  EISDIR: notAFile("is a directory; a regular file is needed"),
  ENOTDIR: { problem: "not_a_file", fix: ({ path }) => moveAside(dirname(path)) },
  ELOOP: {
    problem: "symlink",
    fix: ({ path }) => inPlaceOfLink(path),
    copies: true,
    reason: "is a symbolic link; a regular file is needed"
  },
  ENXIO: notAFile("is a socket, pipe or device; a regular file is needed"),
  ENAMETOOLONG: io(() => command`unset MP_CONFIG_PATH MP_OAUTH_STORAGE_DIR MP_STORAGE_DIR MP_AUTH_FILE`),
  ENOENT: io(({ path }) => command`mkdir -p -m 700 ${dirname(path)}`)
}

export const toFileError =
  (path: string, attempt: Attempt) =>
  ({ code }: Errno): FileError => {
    const { copies, fix, problem, reason } =
      (Object.hasOwn(explanations, code) ? explanations[code] : undefined) ?? anything
    return new FileError({
      path,
      problem,
      reason: reason ?? `cannot be ${attempt}: ${meaningOf(code)}`,
      fix: fix({ path, attempt }),
      others: copies === true ? storageCopies(path) : []
    })
  }

/** The change is made; whether a power cut would undo it is not known. */
export const unconfirmed =
  (path: string, change: "replaced" | "removed") =>
  ({ code }: Errno): FileError =>
    new FileError({
      path,
      problem: "io",
      reason: `was ${change}, but the file system did not confirm that it is durable: ${meaningOf(code)}`,
      fix: null
    })
