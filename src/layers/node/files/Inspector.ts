/** Looks at files on Node. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { basename, join } from "node:path"
import type { LockFacts, PathFacts } from "../../../domain/doctor/Facts.ts"
import type { FileError, LockTimeout } from "../../../domain/errors.ts"
import { FileInspector, type FileInspectorShape } from "../../../services/platform/FileInspector.ts"
import { andThen } from "./awaitable.ts"
import { closeQuietly } from "./directories.ts"
import { type DiskOps, type FileFacts, nodeOps, openFlags } from "./DiskOps.ts"
import { call, Errno, toFileError } from "./failures.ts"
import { holdingsIn, makeNameAges } from "./lock/judging.ts"
import { type LockRoom, takeToken } from "./lock/takeToken.ts"
import { type LockTiming, protocolTiming } from "./lock/timing.ts"
import { createEmpty, removeFounding, tokensIn } from "./lock/tokenDirectory.ts"
import { free, isFounding, isLockDirectory, isOldLock, isToken } from "./lock/tokenName.ts"
import { isLeftover } from "./temporaries.ts"

/** Where the system knows no users, it knows no modes either. */
const factsFor = (uid: number | undefined, facts: FileFacts): PathFacts => ({
  kind: facts.kind,
  mode: uid === undefined ? 0 : facts.mode,
  own: uid === undefined || facts.uid === uid
})

const stat = (ops: DiskOps, path: string): Effect.Effect<Option.Option<PathFacts>> =>
  Effect.orElseSucceed(
    call(() => andThen(ops.lstat(path), (facts) => Option.some(factsFor(ops.host.uid(), facts)))),
    () => Option.none()
  )

/** Other looks tell of these: the directory is not there, or not the user's. */
const reportedElsewhere: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR", "ELOOP", "EACCES", "EPERM"])

const list = (ops: DiskOps, directory: string): Effect.Effect<ReadonlyArray<string>, FileError> =>
  Effect.catchAll(
    call(() => andThen(ops.readdir(directory), (names) => [...names].sort())),
    (error) =>
      reportedElsewhere.has(error.code) ? Effect.succeed([]) : Effect.fail(toFileError(directory, "listed")(error))
  )

const those = (names: ReadonlyArray<string>, test: (name: string) => Effect.Effect<boolean, Errno>) =>
  Effect.filter(names, (name) => Effect.orElseSucceed(test(name), () => false))

const abandoned = (ops: DiskOps, directory: string): ReturnType<FileInspectorShape["abandoned"]> =>
  Effect.gen(function* () {
    const names = yield* list(ops, directory)
    const leftovers = yield* those(names, (name) =>
      isOldLock(name) || isFounding(name) ? Effect.succeed(true) : isLeftover(ops, directory, name)
    )
    const locks = yield* Effect.forEach(names.filter(isLockDirectory), (name) => lockIn(ops, join(directory, name)))
    return { leftovers: leftovers.map((name) => join(directory, name)), locks: locks.flatMap(Option.toArray) }
  })

/** What a lock's directory tells; a free lock is nothing to tell about. */
const lockIn = (ops: DiskOps, path: string): Effect.Effect<Option.Option<LockFacts>> =>
  Effect.gen(function* () {
    const found = yield* stat(ops, path)
    if (Option.isNone(found) || found.value.kind !== "directory") {
      return Option.map(found, (): LockFacts => ({ path, state: "blocked", holder: null }))
    }
    const names = (yield* list(ops, path)).filter(isToken)
    if (names.length === 0) return Option.some<LockFacts>({ path, state: "empty", holder: null })
    const [first] = holdingsIn(ops.host, names)
    return Option.map(Option.fromNullable(first), ({ holder, life }): LockFacts => ({ path, state: life, holder }))
  }).pipe(Effect.orElseSucceed(() => Option.none()))

/** The mode is changed on the opened file, so that nobody can put another one in its place meanwhile. */
const chmod = (ops: DiskOps, path: string, mode: number): Effect.Effect<void, FileError> =>
  Effect.acquireUseRelease(
    call(() => ops.open(path, openFlags.read, 0)),
    (handle) =>
      Effect.flatMap(
        call(() => handle.stat()),
        (facts) =>
          factsFor(ops.host.uid(), facts).own
            ? call(() => handle.chmod(mode))
            : Effect.fail(new Errno({ code: "EPERM" }))
      ),
    closeQuietly
  ).pipe(Effect.mapError(toFileError(path, "written")))

/** How long a doctor waits for a lock, and when it takes one from a process that is there and does nothing. */
const doctorsWait = 25_000
const stuckAfter = 60_000

/** Taking the lock once takes it over from a dead holder, and merges tokens of which there should be one. */
const release = (room: LockRoom, directory: string): Effect.Effect<void, FileError | LockTimeout> =>
  Effect.uninterruptibleMask((restore) =>
    refound(room.ops, directory).pipe(
      Effect.zipRight(takeToken(room, directory, { waitMillis: doctorsWait, stuckAfter, restore })),
      Effect.flatMap((token) => token.release),
      Effect.catchTag("Errno", (error) => Effect.fail(toFileError(directory, "locked")(error)))
    )
  )

/** Hidden files alone keep a new directory from taking the place of this one: it gets its token by hand. */
const refound = (ops: DiskOps, directory: string) =>
  Effect.flatMap(tokensIn(ops, directory), (names) =>
    names.length > 0
      ? Effect.void
      : Effect.catchIf(
          createEmpty(ops, join(directory, free)),
          ({ code }) => code === "EEXIST" || code === "ENOENT",
          () => Effect.void
        )
  )

/** What `abandoned` called a leftover: a file, or a directory that was to become that of a lock. */
const discard = (ops: DiskOps, path: string): Effect.Effect<void, FileError> =>
  (isFounding(basename(path)) ? removeFounding(ops, path) : call(() => ops.unlink(path))).pipe(
    Effect.mapError(toFileError(path, "removed"))
  )

export const make = (ops: DiskOps, timing: LockTiming = protocolTiming): FileInspectorShape => ({
  stat: (path) => stat(ops, path),
  list: (directory) => list(ops, directory),
  abandoned: (directory) => abandoned(ops, directory),
  chmod: (path, mode) => chmod(ops, path, mode),
  release: (directory) => release({ ops, timing, ages: makeNameAges(timing) }, directory),
  discard: (path) => discard(ops, path),
  system: { node: process.versions.node, platform: process.platform }
})

/**
 * `FileInspector` on the disk.
 *
 * @example
 * ```ts
 * const facts = Effect.flatMap(FileInspector, ({ stat }) => stat("/etc/hosts")).pipe(Effect.provide(diskInspector))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<FileInspector> = Layer.sync(FileInspector, () => make(nodeOps))
