/** A socket that its owner alone can open: what stands around it is checked, because Node cannot ask who calls. */
import * as Effect from "effect/Effect"
import type { Server } from "node:http"
import { createConnection } from "node:net"
import { dirname } from "node:path"
import { BrokerNotListening } from "../../../domain/broker/BrokerNotListening.ts"
import { FileError } from "../../../domain/errors.ts"
import { command } from "../../../domain/hints/Command.ts"
import { moveAside, ownAgain } from "../../../domain/hints/fileFixes.ts"
import { meaningOf } from "../../../domain/internal/errno.ts"
import { codeOf } from "../../../domain/internal/systemRefusal.ts"
import { openDirectory } from "../files/directories.ts"
import type { DiskOps } from "../files/DiskOps.ts"
import { call, toFileError } from "../files/failures.ts"
import { realDirectories } from "../files/guards.ts"
import { bind } from "../listening.ts"

type Problem = FileError | BrokerNotListening

/** Listens at a path, 0600 in a directory of 0700. Under the lock of the path: others would do the same with what is left there. */
export const privateSocket = (ops: DiskOps, server: Server, path: string): Effect.Effect<number, Problem> =>
  privateDirectory(ops, dirname(path)).pipe(
    Effect.zipRight(cleared(ops, path)),
    Effect.zipRight(
      Effect.mapError(
        bind(server, { path }),
        ({ code }) => new BrokerNotListening({ place: path, reason: reasonOf(code) })
      )
    ),
    // The directory keeps others out until then.
    Effect.zipLeft(call(() => ops.chmod(path, 0o600)).pipe(Effect.mapError(toFileError(path, "written"))))
  )

const reasonOf = (code: string): string =>
  code === "EINVAL" || code === "ENAMETOOLONG" ? "the path is longer than that of a socket may be" : meaningOf(code)

/** Nobody but its owner may reach into the directory, or put another one into its place. */
const privateDirectory = (ops: DiskOps, directory: string): Effect.Effect<void, FileError> =>
  Effect.gen(function* () {
    yield* realDirectories(ops, `${directory}/.`, "written")
    yield* Effect.scoped(openDirectory(ops, directory))
    const { kind, mode, uid } = yield* call(() => ops.lstat(directory))
    if (kind !== "directory") {
      const reason = "is no directory; a broker's socket lies in one of the user's own"
      return yield* new FileError({ path: directory, problem: "symlink", reason, fix: moveAside(directory) })
    }
    const own = ops.host.uid()
    if (own !== undefined && uid !== own) {
      const reason = `belongs to another user (uid ${uid})`
      return yield* new FileError({ path: directory, problem: "foreign_owner", reason, fix: ownAgain(directory) })
    }
    if ((mode & 0o077) !== 0) {
      const reason = `is open to others (mode ${mode.toString(8).padStart(4, "0")}), who could reach the broker's socket`
      return yield* new FileError({
        path: directory,
        problem: "wide_mode",
        reason,
        fix: command`chmod 700 ${directory}`
      })
    }
  }).pipe(Effect.catchTag("Errno", (error) => Effect.fail(toFileError(directory, "written")(error))))

/** Makes room: a socket of ours that nobody listens at was left by a broker that was killed. */
const cleared = (ops: DiskOps, path: string): Effect.Effect<void, Problem> =>
  Effect.gen(function* () {
    const { kind, uid } = yield* call(() => ops.lstat(path))
    if (kind !== "socket" || uid !== (ops.host.uid() ?? uid)) {
      return yield* new FileError({
        path,
        problem: "not_a_file",
        reason: "is there and no socket that a broker of this user left, so it is not replaced",
        fix: moveAside(path)
      })
    }
    const answer = yield* knock(path)
    if (answer === null) return yield* new BrokerNotListening({ place: path, reason: "a broker listens there already" })
    if (answer !== "ECONNREFUSED" && answer !== "ENOENT") {
      return yield* new BrokerNotListening({ place: path, reason: meaningOf(answer) })
    }
    yield* call(() => ops.unlink(path))
  }).pipe(
    Effect.catchTag("Errno", (error) =>
      error.code === "ENOENT" ? Effect.void : Effect.fail(toFileError(path, "written")(error))
    )
  )

/** Why nobody answers at a socket; `null` where somebody does. */
const knock = (path: string): Effect.Effect<string | null> =>
  Effect.async((resume) => {
    const socket = createConnection({ path })
    socket.once("connect", () => {
      socket.destroy()
      resume(Effect.succeed(null))
    })
    socket.once("error", (error) => resume(Effect.succeed(codeOf(error) ?? "UNKNOWN")))
  })
