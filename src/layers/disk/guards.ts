/** What is refused, whoever put it there. */
import * as Effect from "effect/Effect"
import { dirname, isAbsolute, join, relative, sep } from "node:path"
import { FileError, quoted } from "../../domain/errors.ts"
import { maxFileBytes } from "../../services/CredentialFiles.ts"
import type { DiskOps, FileFacts } from "./DiskOps.ts"
import { type Attempt, call, Errno, explain, moveAside } from "./failures.ts"

const refusal = (path: string, code: string): FileError => explain(path, "read")(new Errno({ code }))

const kindRefused: Readonly<Record<Exclude<FileFacts["kind"], "file">, string>> = {
  link: "ELOOP",
  directory: "EISDIR",
  other: "ENXIO"
}

const foreign = (path: string, uid: number): FileError =>
  new FileError({
    path,
    problem: "foreign_owner",
    reason: `belongs to another user (uid ${uid})`,
    fix: `sudo chown "$(id -un)" ${quoted(path)}`
  })

const wide = (path: string, mode: number): FileError =>
  new FileError({
    path,
    problem: "wide_mode",
    reason: `${(mode & 0o044) === 0 ? "is open to others" : "can be read by others"} (mode ${mode.toString(8).padStart(4, "0")})`,
    fix: `chmod 600 ${quoted(path)}`
  })

export const tooLarge = (path: string): FileError =>
  new FileError({ path, problem: "too_large", reason: "is larger than 1 MiB", fix: moveAside(path) })

export const notText = (path: string): FileError =>
  new FileError({ path, problem: "not_utf8", reason: "is not valid UTF-8", fix: moveAside(path) })

/** A regular file of ours. `uid` is `undefined` where the system knows none. */
export const ownFile = (path: string, facts: FileFacts, uid: number | undefined): Effect.Effect<void, FileError> => {
  if (facts.kind !== "file") return refusal(path, kindRefused[facts.kind])
  return uid !== undefined && facts.uid !== uid ? foreign(path, facts.uid) : Effect.void
}

/** A regular file of ours that nobody else can read or write, and that is not over-size. */
export const privateFile = (path: string, facts: FileFacts, uid: number | undefined): Effect.Effect<void, FileError> =>
  Effect.flatMap(ownFile(path, facts, uid), () => {
    if (uid !== undefined && (facts.mode & 0o077) !== 0) return wide(path, facts.mode)
    return facts.size > maxFileBytes ? tooLarge(path) : Effect.void
  })

const linkedDirectory = (path: string): FileError =>
  new FileError({
    path,
    problem: "symlink",
    reason: "is a symbolic link; below the home directory only real directories are used",
    fix: `rm ${quoted(path)}`
  })

const directoriesBelow = (home: string, path: string): ReadonlyArray<string> => {
  const way = relative(home, dirname(path))
  if (way === "" || way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way)) return []
  const names = way.split(sep)
  return names.map((_, index) => join(home, ...names.slice(0, index + 1)))
}

const realDirectory = (ops: DiskOps, directory: string, attempt: Attempt): Effect.Effect<void, FileError | Errno> =>
  Effect.matchEffect(
    call(() => ops.lstat(directory)),
    {
      onFailure: (error) => Effect.fail(error.code === "ENOENT" ? error : explain(directory, attempt)(error)),
      onSuccess: ({ kind }) => (kind === "link" ? linkedDirectory(directory) : Effect.void)
    }
  )

/**
 * Below the home directory no directory on the way may be a link; the home directory itself may.
 * Somebody who can swap a directory between this look and the opening owns the home directory already.
 */
export const realDirectories = (
  ops: DiskOps,
  path: string,
  attempt: Attempt
): Effect.Effect<void, FileError | Errno> => {
  const home = ops.machine.home()
  return Effect.forEach(
    home === undefined ? [] : directoriesBelow(home, path),
    (directory) => realDirectory(ops, directory, attempt),
    { discard: true }
  )
}

/** What may be replaced: nothing, or a regular file of ours, whatever its mode. */
export const replaceable = (ops: DiskOps, path: string): Effect.Effect<void, FileError> =>
  realDirectories(ops, path, "written").pipe(
    Effect.zipRight(call(() => ops.lstat(path))),
    Effect.flatMap((facts) => ownFile(path, facts, ops.machine.uid())),
    Effect.catchTag("Errno", (error) =>
      error.code === "ENOENT" ? Effect.void : Effect.fail(explain(path, "written")(error))
    )
  )
