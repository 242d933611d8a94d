/** What is refused, whoever put it there. */
import * as Effect from "effect/Effect"
import { dirname, isAbsolute, relative, sep } from "node:path"
import { command } from "../../../domain/hints/Command.ts"
import { inPlaceOfLink, moveAside, ownAgain, storageCopies } from "../../../domain/hints/fileFixes.ts"
import { FileError } from "../../../domain/errors.ts"
import { maxSizeOf } from "../../../services/platform/CredentialFiles.ts"
import type { DiskOps, FileFacts } from "./DiskOps.ts"
import { andThen, type Awaitable, orElse, soon } from "./awaitable.ts"
import { type Attempt, call, Errno, errno, toFileError, refusalOrErrno } from "./failures.ts"

const refusal = (path: string, code: string): FileError => toFileError(path, "read")(new Errno({ code }))

const kindRefused: Readonly<Record<Exclude<FileFacts["kind"], "file">, string>> = {
  link: "ELOOP",
  directory: "EISDIR",
  socket: "ENXIO",
  other: "ENXIO"
}

const foreign = (path: string, uid: number): FileError =>
  new FileError({
    path,
    problem: "foreign_owner",
    reason: `belongs to another user (uid ${uid})`,
    fix: ownAgain(path),
    others: storageCopies(path)
  })

const wide = (path: string, mode: number): FileError =>
  new FileError({
    path,
    problem: "wide_mode",
    reason: `${(mode & 0o044) === 0 ? "is open to others" : "can be read by others"} (mode ${mode.toString(8).padStart(4, "0")})`,
    fix: command`chmod 600 ${path}`,
    others: storageCopies(path)
  })

export const tooLarge = (path: string): FileError =>
  new FileError({ path, problem: "too_large", reason: `is larger than ${maxSizeOf(path)}`, fix: moveAside(path) })

export const notText = (path: string): FileError =>
  new FileError({ path, problem: "not_utf8", reason: "is not valid UTF-8", fix: moveAside(path) })

/** Why a file is refused, unless it is a regular one of ours. `uid` is `undefined` where the system knows none. */
const refusedFile = (path: string, facts: FileFacts, uid: number | undefined): FileError | undefined => {
  if (facts.kind !== "file") return refusal(path, kindRefused[facts.kind])
  return uid !== undefined && facts.uid !== uid ? foreign(path, facts.uid) : undefined
}

/** Why a file is refused, unless it is a regular one of ours that nobody else can read or write, and not over-size. */
export const refusedPrivateFile = (
  path: string,
  facts: FileFacts,
  uid: number | undefined,
  maxBytes: number
): FileError | undefined => {
  const refused = refusedFile(path, facts, uid)
  if (refused !== undefined) return refused
  if (uid !== undefined && (facts.mode & 0o077) !== 0) return wide(path, facts.mode)
  return facts.size > maxBytes ? tooLarge(path) : undefined
}

const linkedDirectory = (path: string): FileError =>
  new FileError({
    path,
    problem: "symlink",
    reason: "is a symbolic link; below the home directory only real directories are used",
    fix: inPlaceOfLink(path),
    others: storageCopies(path)
  })

const directoriesBelow = (home: string, path: string): ReadonlyArray<string> => {
  const way = relative(home, dirname(path))
  if (way === "" || way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way)) return []
  return lastOf(way.split(sep).length, dirname(path))
}

/** So many of the directories that lead to one, and itself. */
const lastOf = (count: number, directory: string): ReadonlyArray<string> =>
  count === 1 ? [directory] : [...lastOf(count - 1, dirname(directory)), directory]

const lookAtDirectory = (ops: DiskOps, directory: string, attempt: Attempt): Awaitable<FileFacts> =>
  orElse(
    () => ops.lstat(directory),
    (cause) => {
      const error = errno(cause)
      throw error.code === "ENOENT" ? cause : toFileError(directory, attempt)(error)
    }
  )

/**
 * Below the home directory no directory on the way may be a link; the home directory itself may. Throws why not, or
 * the system's own error for one that is not there. Somebody who can swap a directory between this look and the
 * opening owns the home directory already.
 */
export const assertRealDirectories = (ops: DiskOps, path: string, attempt: Attempt): Awaitable<void> => {
  const home = ops.host.home()
  const further = ([directory, ...below]: ReadonlyArray<string>): Awaitable<void> =>
    directory === undefined
      ? undefined
      : andThen(lookAtDirectory(ops, directory, attempt), ({ kind }) => {
          if (kind === "link") throw linkedDirectory(directory)
          return further(below)
        })
  return further(home === undefined ? [] : directoriesBelow(home, path))
}

export const realDirectories = (ops: DiskOps, path: string, attempt: Attempt): Effect.Effect<void, FileError | Errno> =>
  soon(() => assertRealDirectories(ops, path, attempt), refusalOrErrno)

/** What may be replaced: nothing, or a regular file of ours, whatever its mode. */
export const replaceable = (ops: DiskOps, path: string): Effect.Effect<void, FileError> =>
  realDirectories(ops, path, "written").pipe(
    Effect.zipRight(call(() => ops.lstat(path))),
    Effect.flatMap((facts) => refusedFile(path, facts, ops.host.uid()) ?? Effect.void),
    Effect.catchTag("Errno", (error) =>
      error.code === "ENOENT" ? Effect.void : Effect.fail(toFileError(path, "written")(error))
    )
  )
