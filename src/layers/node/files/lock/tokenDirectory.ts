/** The steps on a lock's directory; each changes one name, or nothing. */
import * as Effect from "effect/Effect"
import { basename, dirname, join } from "node:path"
import { FileError } from "../../../../domain/errors.ts"
import { moveAside } from "../../../../domain/hints/fileFixes.ts"
import { type DiskOps, openFlags } from "../DiskOps.ts"
import { closeQuietly, openDirectory } from "../directories.ts"
import { call, type Errno, isCode } from "../failures.ts"
import { realDirectories } from "../guards.ts"
import { free, isToken } from "./tokenName.ts"

/** `absent`: somebody was faster. `busy`: Windows, where a file that somebody looks at cannot be renamed. */
export type Moved = "moved" | "absent" | "busy"

const busyOnWindows: ReadonlySet<string> = new Set(["EPERM", "EACCES", "EBUSY"])

/** Renames a token. Of all who do it from the same name one succeeds. */
export const move = (ops: DiskOps, directory: string, from: string, to: string): Effect.Effect<Moved, Errno> =>
  call(() => ops.rename(join(directory, from), join(directory, to))).pipe(
    Effect.as<Moved>("moved"),
    Effect.catchAll((error): Effect.Effect<Moved, Errno> => {
      if (error.code === "ENOENT") return Effect.succeed("absent")
      return ops.host.platform === "win32" && busyOnWindows.has(error.code)
        ? Effect.succeed("busy")
        : Effect.fail(error)
    })
  )

/** The tokens; none where there is no directory. */
export const tokensIn = (ops: DiskOps, directory: string): Effect.Effect<ReadonlyArray<string>, Errno> =>
  call(() => ops.readdir(directory)).pipe(
    Effect.map((names) => names.filter(isToken)),
    Effect.catchIf(isCode("ENOENT"), () => Effect.succeed([]))
  )

const ifThere = (step: Effect.Effect<void, Errno>): Effect.Effect<void, Errno> =>
  Effect.catchIf(step, isCode("ENOENT"), () => Effect.void)

export const removeToken = (ops: DiskOps, directory: string, name: string): Effect.Effect<void, Errno> =>
  ifThere(call(() => ops.unlink(join(directory, name))))

/** A new file that cannot be there yet, empty and private under any umask. */
export const createEmpty = (ops: DiskOps, path: string): Effect.Effect<void, Errno> =>
  Effect.acquireUseRelease(
    call(() => ops.open(path, openFlags.create, 0o600)),
    (handle) => call(() => handle.chmod(0o600)),
    closeQuietly
  )

/** What a founder made and does not need, or left when it was killed. */
export const removeFounding = (ops: DiskOps, directory: string): Effect.Effect<void, Errno> =>
  Effect.zipRight(removeToken(ops, directory, free), ifThere(call(() => ops.rmdir(directory))))

/** A directory with a token is there already. */
const isTaken = (ops: DiskOps, code: string): boolean =>
  code === "ENOTEMPTY" || code === "EEXIST" || (ops.host.platform === "win32" && code === "EPERM")

/**
 * Brings the directory into being with its token in it, in one step: it takes the place of none or of an empty one.
 * Where one is there already, the own one goes again.
 */
export const found = (ops: DiskOps, directory: string, nonce: string): Effect.Effect<void, Errno> => {
  const own = `${directory}.${nonce}.tmp`
  const make = call(() => ops.mkdir(own, 0o700)).pipe(
    Effect.zipRight(call(() => ops.chmod(own, 0o700))),
    Effect.zipRight(createEmpty(ops, join(own, free)))
  )
  return Effect.scoped(openDirectory(ops, dirname(directory))).pipe(
    Effect.zipRight(make),
    Effect.zipRight(call(() => ops.rename(own, directory))),
    Effect.catchAll((error) =>
      Effect.zipRight(
        Effect.ignore(removeFounding(ops, own)),
        // Swept by a doctor, or the directory above was removed: the next look begins anew.
        isTaken(ops, error.code) || error.code === "ENOENT" ? Effect.void : Effect.fail(error)
      )
    )
  )
}

const notADirectory = (directory: string, kind: string): FileError =>
  new FileError({
    path: directory,
    ...(kind === "link"
      ? { problem: "symlink", reason: "is a symbolic link; a lock needs a real directory" }
      : { problem: "not_a_file", reason: "is not a directory; a lock needs one there" }),
    fix: moveAside(directory)
  })

/** A link to a directory would be followed, and everybody who is not led the same way be let in. */
export const guardLockDirectory = (ops: DiskOps, directory: string): Effect.Effect<void, FileError | Errno> =>
  realDirectories(ops, directory, "locked").pipe(
    Effect.zipRight(call(() => ops.lstat(directory))),
    Effect.flatMap(({ kind }) => (kind === "directory" ? Effect.void : notADirectory(directory, kind))),
    Effect.catchIf(isCode("ENOENT"), () => Effect.void)
  )

/** Makes a network file system forget what it remembers of the directory; it matters to nobody when it fails. */
export const touch = (ops: DiskOps, directory: string, nonce: string): Effect.Effect<void> => {
  const path = join(directory, `.${nonce}`)
  return Effect.ignore(createEmpty(ops, path).pipe(Effect.zipRight(call(() => ops.unlink(path)))))
}

const isTouch = (name: string): boolean => /^\.[0-9a-f]{12}$/.test(name)

/** Removes what is left of a directory whose token is gone. Somebody may have founded it anew: then it stays. */
export const removeLockDirectory = (ops: DiskOps, directory: string): Effect.Effect<void, Errno> =>
  call(() => ops.readdir(directory)).pipe(
    Effect.flatMap((names) =>
      Effect.forEach(names.filter(isTouch), (name) => removeToken(ops, directory, name), { discard: true })
    ),
    Effect.zipRight(call(() => ops.rmdir(directory))),
    Effect.catchIf(
      ({ code }) => code === "ENOENT" || isTaken(ops, code),
      () => Effect.void
    )
  )

/** What stands in the way of a token and cannot be made one. */
export const inTheWay = (directory: string, name: string): FileError =>
  new FileError({
    path: join(directory, name),
    problem: "not_a_file",
    reason: `does not belong in ${basename(directory)}, and blocks the lock`,
    fix: moveAside(join(directory, name))
  })
