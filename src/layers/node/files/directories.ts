import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import { dirname } from "node:path"
import type { Awaitable } from "./awaitable.ts"
import type { DirectoryHandle, DiskOps } from "./DiskOps.ts"
import { call, Errno, isCode } from "./failures.ts"

/** The content of a file that counts is synced before its handle is closed: a failing close loses nothing. */
export const closeQuietly = (handle: { readonly close: () => Awaitable<void> }): Effect.Effect<void> =>
  Effect.ignore(call(() => handle.close()))

/** `EINVAL`: a file system that keeps directories by itself and cannot be asked to. */
export const syncDirectory = (handle: DirectoryHandle): Effect.Effect<void, Errno> =>
  call(() => handle.sync()).pipe(Effect.catchIf(isCode("EINVAL", "ENOTSUP"), () => Effect.void))

export const openExisting = (ops: DiskOps, directory: string): Effect.Effect<DirectoryHandle, Errno, Scope.Scope> =>
  Effect.acquireRelease(
    call(() => ops.openDirectory(directory)),
    closeQuietly
  )

/** 0700 under any umask. Somebody else making it at the same time is as good. */
const makeDirectory = (ops: DiskOps, directory: string): Effect.Effect<void, Errno> =>
  call(() => ops.mkdir(directory, 0o700)).pipe(
    Effect.zipRight(call(() => ops.chmod(directory, 0o700))),
    Effect.zipRight(Effect.scoped(Effect.flatMap(openExisting(ops, dirname(directory)), syncDirectory))),
    Effect.catchIf(isCode("EEXIST"), () => Effect.void)
  )

/** What still is not there below a link to nothing never will be: no lock is to wait for it. */
const notBelowDeadLink = (ops: DiskOps, directory: string) => (error: Errno) =>
  error.code !== "ENOENT"
    ? Effect.fail(error)
    : Effect.flatMap(Effect.option(call(() => ops.lstat(directory))), (found) =>
        Effect.fail(Option.exists(found, ({ kind }) => kind === "link") ? new Errno({ code: "ENOTDIR" }) : error)
      )

const makeDirectories = (ops: DiskOps, directory: string): Effect.Effect<void, Errno> =>
  makeDirectory(ops, directory).pipe(
    Effect.catchIf(
      ({ code }) => code === "ENOENT" && dirname(directory) !== directory,
      () =>
        Effect.zipRight(
          makeDirectories(ops, dirname(directory)),
          Effect.catchAll(makeDirectory(ops, directory), notBelowDeadLink(ops, dirname(directory)))
        )
    )
  )

/** A directory, made when it is missing, and held open so that it can be synced later without a new descriptor. */
export const openDirectory = (ops: DiskOps, directory: string): Effect.Effect<DirectoryHandle, Errno, Scope.Scope> =>
  openExisting(ops, directory).pipe(
    Effect.catchIf(isCode("ENOENT"), () =>
      Effect.zipRight(
        makeDirectories(ops, directory),
        Effect.catchAll(openExisting(ops, directory), notBelowDeadLink(ops, directory))
      )
    )
  )
