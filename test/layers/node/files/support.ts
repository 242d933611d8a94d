import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { mkdtemp, readdir, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { layerWith } from "#src/layers/node/files/DiskFiles.ts"
import type { Awaitable } from "#src/layers/node/files/awaitable.ts"
import { type DiskOps, nodeOps } from "#src/layers/node/files/DiskOps.ts"
import type { CredentialFiles } from "#src/services/platform/CredentialFiles.ts"

/** A directory of its own, gone afterwards. */
export const temporaryDirectory: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "mp-files-"))),
  (directory) => Effect.promise(() => rm(directory, { recursive: true, force: true }))
)

/** The names in a directory, without lock files. */
export const namesIn = (directory: string): Effect.Effect<ReadonlyArray<string>> =>
  Effect.map(
    Effect.promise(() => readdir(directory)),
    (names) => names.filter((name) => !name.endsWith(".lock.d")).sort()
  )

/** The disk with another home directory: the real one is never touched. */
export const opsAt = (home: string, ops: DiskOps = nodeOps): DiskOps => ({
  ...ops,
  host: { ...ops.host, home: () => home }
})

export const layerAt = (home: string): Layer.Layer<CredentialFiles> => layerWith(opsAt(home))

/** Where the system can be made to fail. Those with a dot are calls on an open file. */
export type Step =
  | "open"
  | "openDirectory"
  | "lstat"
  | "mkdir"
  | "chmod"
  | "rename"
  | "unlink"
  | "readdir"
  | "rmdir"
  | "file.stat"
  | "file.chmod"
  | "file.read"
  | "file.write"
  | "file.truncate"
  | "file.sync"
  | "file.close"
  | "directory.sync"

const failure = (code: string): Error => Object.assign(new Error(`${code}: injected`), { code })

/** Runs before each call and may throw instead of it. */
export type Before = (step: Step) => Promise<void>

export const watchedOps = (before: Before, ops: DiskOps = nodeOps): DiskOps => {
  const guarded = async <A>(step: Step, operation: () => Awaitable<A>): Promise<A> => {
    await before(step)
    return operation()
  }
  return {
    ...ops,
    open: (path, flags, mode) =>
      guarded("open", async () => {
        const handle = await ops.open(path, flags, mode)
        return {
          fd: handle.fd,
          stat: () => guarded("file.stat", handle.stat),
          chmod: (bits) => guarded("file.chmod", () => handle.chmod(bits)),
          read: (into, position) => guarded("file.read", () => handle.read(into, position)),
          write: (bytes, position) => guarded("file.write", () => handle.write(bytes, position)),
          truncate: (length) => guarded("file.truncate", () => handle.truncate(length)),
          sync: () => guarded("file.sync", handle.sync),
          close: async () => {
            await handle.close()
            await before("file.close")
          }
        }
      }),
    openDirectory: (path) =>
      guarded("openDirectory", async () => {
        const handle = await ops.openDirectory(path)
        return { sync: () => guarded("directory.sync", () => handle.sync()), close: () => handle.close() }
      }),
    lstat: (path) => guarded("lstat", () => ops.lstat(path)),
    mkdir: (path, mode) => guarded("mkdir", () => ops.mkdir(path, mode)),
    chmod: (path, mode) => guarded("chmod", () => ops.chmod(path, mode)),
    rename: (from, to) => guarded("rename", () => ops.rename(from, to)),
    unlink: (path) => guarded("unlink", () => ops.unlink(path)),
    readdir: (path) => guarded("readdir", () => ops.readdir(path)),
    rmdir: (path) => guarded("rmdir", () => ops.rmdir(path))
  }
}

/** The `nth` call of a step fails with `code`; every other one works. */
export const failingOps = (step: Step, code: string, nth = 1): DiskOps => {
  let seen = 0
  return watchedOps(async (current) => {
    if (current !== step) return
    seen += 1
    if (seen === nth) throw failure(code)
  })
}
