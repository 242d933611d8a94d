/** Looks at files on Node. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import { join } from "node:path"
import type { PathFacts } from "../../domain/doctor/Facts.ts"
import { type FileError, LockTimeout } from "../../domain/errors.ts"
import { FileInspector, type FileInspectorShape } from "../../services/FileInspector.ts"
import { closeQuietly } from "./directories.ts"
import { type DiskOps, type FileFacts, nodeOps, openFlags } from "./DiskOps.ts"
import { call, Errno, explain } from "./failures.ts"
import { isAbandoned, takeFallbackLock } from "./FallbackLock.ts"
import { isLeftover } from "./temporaries.ts"

/** Where the system knows no users, it knows no modes either. */
const factsFor = (uid: number | undefined, facts: FileFacts): PathFacts => ({
  kind: facts.kind,
  mode: uid === undefined ? 0 : facts.mode,
  own: uid === undefined || facts.uid === uid
})

const stat = (ops: DiskOps, path: string): Effect.Effect<Option.Option<PathFacts>> =>
  Effect.option(
    Effect.map(
      call(() => ops.lstat(path)),
      (facts) => factsFor(ops.machine.uid(), facts)
    )
  )

const list = (ops: DiskOps, directory: string): Effect.Effect<ReadonlyArray<string>> =>
  Effect.orElseSucceed(
    Effect.map(
      call(() => ops.readdir(directory)),
      (names) => [...names].sort()
    ),
    () => []
  )

const those = (names: ReadonlyArray<string>, test: (name: string) => Effect.Effect<boolean, Errno>) =>
  Effect.filter(names, (name) => Effect.orElseSucceed(test(name), () => false))

const isMark = (name: string): boolean => /^\..+\.lock\.held(\.guard)?$/.test(name)

const abandoned = (ops: DiskOps, directory: string): ReturnType<FileInspectorShape["abandoned"]> =>
  Effect.gen(function* () {
    const names = yield* list(ops, directory)
    const leftovers = yield* those(names, (name) => isLeftover(ops, directory, name))
    const locks = yield* those(names.filter(isMark), (name) => isAbandoned(ops, join(directory, name)))
    const at = (name: string): string => join(directory, name)
    return { leftovers: leftovers.map(at), locks: locks.map(at) }
  })

/** The mode is changed on the opened file, so that nobody can put another one in its place meanwhile. */
const chmod = (ops: DiskOps, path: string, mode: number): Effect.Effect<void, FileError> =>
  Effect.acquireUseRelease(
    call(() => ops.open(path, openFlags.read, 0)),
    (handle) =>
      Effect.flatMap(
        call(() => handle.stat()),
        (facts) =>
          factsFor(ops.machine.uid(), facts).own
            ? call(() => handle.chmod(mode))
            : Effect.fail(new Errno({ code: "EPERM" }))
      ),
    closeQuietly
  ).pipe(Effect.mapError(explain(path, "written")))

const release = (ops: DiskOps, path: string): Effect.Effect<void, FileError | LockTimeout> =>
  takeFallbackLock(ops, path, (ask) =>
    Effect.flatMap(ask, (taken) => (taken ? Effect.void : new LockTimeout({ path, waitedMillis: 0 })))
  ).pipe(
    Effect.flatMap((held) => held.release),
    Effect.catchTag("Errno", (error) => Effect.fail(explain(path, "locked")(error))),
    Effect.uninterruptible
  )

export const make = (ops: DiskOps): FileInspectorShape => ({
  stat: (path) => stat(ops, path),
  list: (directory) => list(ops, directory),
  abandoned: (directory) => abandoned(ops, directory),
  chmod: (path, mode) => chmod(ops, path, mode),
  release: (path) => release(ops, path),
  system: { node: process.versions.node, platform: process.platform }
})

export const layer: Layer.Layer<FileInspector> = Layer.sync(FileInspector, () => make(nodeOps))
